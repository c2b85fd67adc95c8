using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Understudy.Contracts;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Hosting;

/// <summary>Shows what the API refused, and what went wrong, as a page. Here and not at the API's own handler, which answers JSON.</summary>
internal sealed partial class PageFaults(RequestDelegate next, WorkerApi api, ILogger<PageFaults> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<DashboardEndpoint>() is null)
        {
            await next(http);
            return;
        }

        try
        {
            await next(http);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            if (http.RequestAborted.IsCancellationRequested)
                return;
            http.Response.Clear();
            await (await ShowAsync(http, failure)).ExecuteAsync(http);
        }
    }

    private async Task<IResult> ShowAsync(HttpContext http, Exception failure)
    {
        switch (failure)
        {
            case UnderstudyException { Status: HttpStatusCode.Unauthorized } when http.User.FindFirst(Visitor.ProxyClaim) is null:
                // The key was taken out of the worker's configuration meanwhile.
                await http.SignOutAsync(Doorkeeper.Scheme);
                return Doorkeeper.ToSignIn(http);
            case UnderstudyException refused:
                return Html.Problem((int)refused.Status, refused.Message);
            case HttpRequestException or OperationCanceledException or IOException:
                LogAway(api.Address, failure.Message);
                return Html.Problem(StatusCodes.Status503ServiceUnavailable, $"The worker at {api.Address} doesn't answer: {failure.Message}");
            default:
                var trace = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
                LogUnexpected(http.Request.Method, http.Request.Path, failure);
                return Html.Problem(StatusCodes.Status500InternalServerError, "Something went wrong in the dashboard; the log has the reason.", trace);
        }
    }

    [LoggerMessage(440, LogLevel.Error, "{Method} {Path} failed unexpectedly")]
    private partial void LogUnexpected(string method, PathString path, Exception failure);

    [LoggerMessage(441, LogLevel.Warning, "The dashboard can't reach the worker at {Address}: {Reason}")]
    private partial void LogAway(Uri address, string reason);
}
