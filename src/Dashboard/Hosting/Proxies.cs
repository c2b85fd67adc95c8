using System.Net;
using Microsoft.AspNetCore.Http;

namespace Understudy.Dashboard.Hosting;

/// <summary>The proxies whose headers are believed.</summary>
internal sealed class Proxies(ProxyOptions options)
{
    private readonly IReadOnlyList<IPNetwork> _networks = options.Networks;

    /// <summary>By the connection's own address, never by a header.</summary>
    public bool Trust(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && Plain(address) is var plain && _networks.Any(n => n.Contains(plain));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
