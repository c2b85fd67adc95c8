using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.SignIn;

/// <summary>Signing in with a key of the API, and out.</summary>
internal static partial class SignInEndpoints
{
    private const int LongestKey = 1000;

    public static void MapSignIn(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/sign-in", (Visitor visitor, Links links, string? @return) => visitor.IsSomebody ? Results.Redirect(Local(@return) ?? links.Overview) : Html.Page<SignInPage>(new { Return = Local(@return) }))
            .WithMetadata(new OpenToAll());
        pages.MapPost("/sign-in", SignInAsync).WithMetadata(new OpenToAll());
        pages.MapPost("/sign-out", SignOutAsync);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, WorkerApi api, Links links, ILoggerFactory logs, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (key, back) = ($"{form["key"]}".Trim(), Local(form["return"]));
        if (await CallerAsync(api, key, cancel) is not { } caller)
        {
            LogWrongKey(logs.CreateLogger(typeof(SignInEndpoints)), http.Connection.RemoteIpAddress);
            return Html.Page<SignInPage>(new { Return = back, IsWrong = true }, StatusCodes.Status401Unauthorized);
        }

        await http.SignInAsync(Doorkeeper.Scheme, Visitor.ByKey(caller, key));
        return Results.Redirect(back ?? links.Overview);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, Links links)
    {
        await http.SignOutAsync(Doorkeeper.Scheme);
        return Results.Redirect(links.To("/sign-in"));
    }

    private static async Task<CallerView?> CallerAsync(WorkerApi api, string key, CancellationToken cancel)
    {
        // What can be no key can be no header either.
        if (key.Length is 0 or > LongestKey || key.Any(c => c is < '!' or > '~'))
            return null;
        try
        {
            return await api.With(key).MeAsync(cancel);
        }
        catch (UnderstudyException wrong) when (wrong.Status == HttpStatusCode.Unauthorized)
        {
            return null;
        }
    }

    /// <summary>Only a path of this host: <c>//elsewhere</c> and <c>/\elsewhere</c> are others to a browser.</summary>
    private static string? Local(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : null;

    [LoggerMessage(442, LogLevel.Warning, "Somebody at {Address} tried to sign in with a wrong key")]
    private static partial void LogWrongKey(ILogger logger, IPAddress? address);
}
