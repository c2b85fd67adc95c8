using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.SignIn;

/// <summary>
/// Lets nobody see a page whom the API doesn't know: by the proxy that they come through, by the key that they signed in with, or, where the API has no keys, as everybody
/// on this machine.
/// </summary>
internal sealed class Doorkeeper(RequestDelegate next, WorkerApi api, DashboardOptions options)
{
    public const string Scheme = "Dashboard";

    private readonly Proxies _proxies = new(options.Proxy);

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<DashboardEndpoint>() is null)
        {
            await next(http);
            return;
        }

        // Not whom the API's own scheme took them for.
        http.User = new ClaimsPrincipal(new ClaimsIdentity());
        var (visitor, refusal) = await WhoAsync(http);
        if (visitor is not null)
            http.User = visitor;
        if (visitor is not null || metadata.GetMetadata<OpenToAll>() is not null)
            await next(http);
        else
            await (refusal ?? ToSignIn(http)).ExecuteAsync(http);
    }

    /// <summary>Back here afterwards, if this is a page and not something that was being done.</summary>
    public static IResult ToSignIn(HttpContext http)
    {
        var links = new Links(http);
        return Results.Redirect(HttpMethods.IsGet(http.Request.Method) && http.Request.Path != "/" ? links.To("/sign-in", ("return", links.Here)) : links.To("/sign-in"));
    }

    private async Task<(ClaimsPrincipal? Visitor, IResult? Refusal)> WhoAsync(HttpContext http)
    {
        if (options.Proxy.UserHeader is { } header && _proxies.Trust(http) && http.Request.Headers[header] is [{ Length: > 0 } user])
        {
            return RoleOf(http) is { } role
                ? (Visitor.ByProxy(user, role, options.Proxy.KeyFor(role)!), null)
                : (null, Html.Problem(StatusCodes.Status403Forbidden, $"{user} is in no group that may see this (Dashboard:Proxy:Roles)."));
        }

        if ((await http.AuthenticateAsync(Scheme)).Principal is { } signedIn)
            return (signedIn, null);
        return await OpenAsync(http.RequestAborted) is { } caller && IsOnThisMachine(http) ? (Visitor.Local(caller), null) : (null, null);
    }

    private Role? RoleOf(HttpContext http)
    {
        string[] groups = options.Proxy.RoleHeader is { } header ? [.. http.Request.Headers[header].SelectMany(h => h?.Split(',') ?? []).Select(g => g.Trim())] : [];
        var roles = options.Proxy.Roles.Where(r => r.Key == "*" || groups.Contains(r.Key, StringComparer.Ordinal)).Select(r => r.Value).ToList();
        return roles.Count > 0 ? roles.Max() : null;
    }

    /// <returns>null where the API wants a key.</returns>
    private async Task<CallerView?> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return await api.With(null).MeAsync(cancel) is { HasKey: false } caller ? caller : null;
        }
        catch (UnderstudyException closed) when (closed.Status == HttpStatusCode.Unauthorized)
        {
            return null;
        }
    }

    /// <summary>A worker without keys is for its own machine; a dashboard of it that is reachable from elsewhere must not open it, nor a name that a foreign page had resolve to here.</summary>
    private static bool IsOnThisMachine(HttpContext http) =>
        (http.Connection.LocalIpAddress is not { } local || IPAddress.IsLoopback(local))
        && (http.Request.Host.Host is "localhost" || IPAddress.TryParse(http.Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host));
}
