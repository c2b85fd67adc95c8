using System.Net;
using Understudy.Hosting.Listening;

namespace Understudy.Api.Keys;

/// <summary>
/// Guards a worker without keys: only this machine may call, and no web page that a browser here has open.
/// A page can reach 127.0.0.1 by a name of its own that resolves there (DNS rebinding: the Host header tells),
/// or by a plain cross-site form post (Origin and Sec-Fetch-Site tell).
/// </summary>
internal sealed class LoopbackGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        WhatIsWrong(context) is { } reason ? Problems.WriteAsync(context, StatusCodes.Status403Forbidden, reason) : next(context);

    private static string? WhatIsWrong(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        // No address: a unix socket.
        if (connection.LocalIpAddress is { } local && !IPAddress.IsLoopback(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local))
            return "this worker has no keys (Api:Keys) and answers on loopback addresses only";
        if (!ListenAddresses.IsLoopbackHost(request.Host.Host))
            return $"this worker has no keys (Api:Keys) and answers only to localhost, 127.0.0.1 or [::1], not to the host '{request.Host.Host}'";
        // A browser keeps what a GET brings from a foreign page, and a link to here should open.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return null;
        if (request.Headers.Origin is [{ } origin] && !IsSame(origin, request) || request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"])
            return "this worker has no keys (Api:Keys) and takes no requests from other web sites";
        return null;
    }

    private static bool IsSame(string origin, HttpRequest request) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
