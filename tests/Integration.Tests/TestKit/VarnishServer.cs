using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>Debian's Varnish on loopback, in memory, with the VCL that a test gives it.</summary>
internal sealed class VarnishServer : IAsyncDisposable
{
    private const string Script = """
        set -eu
        cd "$1"
        # Jails need root, and would hide the folder.
        /usr/sbin/varnishd -F -j none -n "$1/work" -a "127.0.0.1:$2" -f "$1/test.vcl" -s malloc,16m -p vcc_err_unref=off >varnish.log 2>&1 &
        pid=$!
        trap 'kill $pid 2>/dev/null || true; wait' EXIT
        until grep -q 'Child launched OK' varnish.log || /usr/bin/varnishadm -n "$1/work" status 2>/dev/null | grep -q running; do
            kill -0 $pid || { cat varnish.log >&2; exit 1; }
            sleep 0.05
        done
        echo ready
        cat >/dev/null
        """;

    private readonly TempFolder _folder;
    private readonly ChildScript _child;

    private VarnishServer(TempFolder folder, ChildScript child, int port)
    {
        (_folder, _child) = (folder, child);
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }

    public string Address { get; }

    /// <param name="vcl">After <c>vcl 4.1;</c> and a backend.</param>
    public static async Task<VarnishServer> StartAsync(string backend, string vcl)
    {
        var at = new Uri(backend);
        var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "test.vcl"), $$"""
            vcl 4.1;
            import std;
            backend default { .host = "{{at.Host}}"; .port = "{{at.Port}}"; }
            {{vcl}}
            """);
        for (var tries = 1; ; tries++)
        {
            var port = FreePort();
            try
            {
                return new VarnishServer(folder, await ChildScript.StartAsync(user: null, "sh", "-c", Script, "varnish", folder.Path, $"{port}"), port);
            }
            // Between the look for a free port and Varnish somebody else may take it.
            catch (InvalidOperationException e) when (tries < 5 && e.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
