using System.Net;
using System.Net.Sockets;

namespace Understudy.Cantaloupe;

/// <summary>Where a cluster's nodes are listed.</summary>
internal abstract class NodeSource
{
    private const string Dns = "dns:", File = "file:";

    public static string? FaultOf(string text)
    {
        if (text.StartsWith(Dns, StringComparison.Ordinal))
        {
            // A certificate names hosts, not the addresses that they have today.
            return NodeAddress.IsOne(text[Dns.Length..]) && new Uri(text[Dns.Length..]).Scheme == "http"
                ? null
                : "must have an http address after dns:, as dns:http://cantaloupe.local:8182";
        }

        return text.StartsWith(File, StringComparison.Ordinal) && Path.IsPathFullyQualified(text[File.Length..])
            ? null
            : "must be dns:http://name:port or file:/absolute/path";
    }

    public static NodeSource Of(ClusterOptions options) => options.NodesFrom switch
    {
        null => new Fixed([.. options.Nodes.Select(NodeAddress.Plain)]),
        var text when text.StartsWith(Dns, StringComparison.Ordinal) => new Name(new Uri(text[Dns.Length..]), System.Net.Dns.GetHostAddressesAsync),
        var text => new Lines(text[File.Length..]),
    };

    /// <returns>Addresses without a slash at the end, or why there are none to be had.</returns>
    public abstract Task<(IReadOnlyList<string>? Nodes, string Fault)> ReadAsync(CancellationToken cancel);

    public sealed class Fixed(IReadOnlyList<string> nodes) : NodeSource
    {
        public override Task<(IReadOnlyList<string>? Nodes, string Fault)> ReadAsync(CancellationToken cancel) => Task.FromResult<(IReadOnlyList<string>?, string)>((nodes, ""));
    }

    /// <summary>Every address of a name, IPv4 and IPv6.</summary>
    public sealed class Name(Uri address, Func<string, CancellationToken, Task<IPAddress[]>> resolve) : NodeSource
    {
        public override async Task<(IReadOnlyList<string>? Nodes, string Fault)> ReadAsync(CancellationToken cancel)
        {
            try
            {
                var found = await resolve(address.Host, cancel);
                return found.Length > 0 ? ([.. found.Select(At)], "") : (null, $"{address.Host} has no address");
            }
            catch (SocketException e)
            {
                return (null, $"{address.Host}: {e.Message}");
            }
        }

        private string At(IPAddress ip) => NodeAddress.Plain(new UriBuilder(address) { Host = $"{ip}" }.Uri.ToString());
    }

    /// <summary>An address a line; empty lines and those that begin with # are nothing.</summary>
    public sealed class Lines(string path) : NodeSource
    {
        public override async Task<(IReadOnlyList<string>? Nodes, string Fault)> ReadAsync(CancellationToken cancel)
        {
            try
            {
                string[] lines = [.. (await System.IO.File.ReadAllLinesAsync(path, cancel)).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')];
                if (lines.FirstOrDefault(l => !NodeAddress.IsOne(l)) is { } stranger)
                    return (null, $"{path}: '{stranger}' is no node's address");
                // More likely being written at this moment than meant: without nodes nothing would be purged, and nobody would notice.
                return lines.Length > 0 ? ([.. lines.Select(NodeAddress.Plain)], "") : (null, $"{path} names no node");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return (null, $"{path}: {e.Message}");
            }
        }
    }
}
