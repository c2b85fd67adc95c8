using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Understudy.Integration.Tests.Crash;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>
/// Debian's IIPImage behind lighttpd, on loopback: a real image server of version 2 of the API, level 1, JPEG only, with tiles of 256 pixels, that reads
/// the JP2s of a folder. Each of its processes answers one request at a time and has caches of its own.
/// </summary>
internal sealed class IipServer : IAsyncDisposable
{
    private const string Script = """
        set -eu
        cd "$1"
        pids=
        trap 'kill $pids 2>/dev/null || true; wait' EXIT
        i=0
        while [ $i -lt "$3" ]; do
            i=$((i + 1))
            # A Memcached of the machine's own would answer for files of other tests.
            FILESYSTEM_PREFIX=$2 URI_MAP='iiif/2=>IIIF' CORS='*' MAX_LAYERS=-1 MAX_CVT=20000 MEMCACHED_SERVERS=127.0.0.1:1 \
                VERBOSITY=2 LOGFILE=$1/iipsrv$i.log \
                /usr/lib/iipimage-server/iipsrv.fcgi --bind "$1/iipsrv$i" >>"$1/iipsrv$i.log" 2>&1 &
            pids="$pids $!"
            until [ -S "iipsrv$i" ]; do kill -0 $! || { cat "iipsrv$i.log" >&2; exit 1; }; sleep 0.02; done
        done
        servers=$pids
        /usr/sbin/lighttpd -D -f lighttpd.conf >lighttpd.log 2>&1 &
        pids="$pids $!"
        until grep -q 'server started' lighttpd.log; do kill -0 $! || { cat lighttpd.log >&2; exit 1; }; sleep 0.02; done
        echo "ready$servers"
        cat >/dev/null
        """;

    private readonly TempFolder _folder;
    private readonly ChildScript _child;

    private IipServer(TempFolder folder, ChildScript child, int port)
    {
        (_folder, _child) = (folder, child);
        Address = new Uri($"http://127.0.0.1:{port}/iiif/2/");
        ProcessIds = [.. child.Ready.Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
    }

    /// <summary>What identifiers follow.</summary>
    public Uri Address { get; }

    /// <summary>Of the image server, not of lighttpd.</summary>
    public IReadOnlyList<int> ProcessIds { get; }

    /// <summary>What lighttpd and each process wrote so far.</summary>
    public string Log => string.Join('\n', Directory.GetFiles(_folder.Path, "*.log").Order().Select(File.ReadAllText));

    /// <param name="images">A file's path below this folder is its identifier.</param>
    public static async Task<IipServer> StartAsync(string images, int processes = 1)
    {
        var folder = new TempFolder();
        for (var tries = 1; ; tries++)
        {
            var port = FreePort();
            await File.WriteAllTextAsync(Path.Combine(folder.Path, "lighttpd.conf"), Configuration(folder.Path, port, processes));
            try
            {
                var prefix = images.TrimEnd('/') + "/"; // It is put before the identifier as it is.
                return new IipServer(folder, await ChildScript.StartAsync(user: null, "sh", "-c", Script, "iip", folder.Path, prefix, $"{processes}"), port);
            }
            // Between the look for a free port and lighttpd somebody else may take it.
            catch (InvalidOperationException e) when (tries < 5 && e.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
            }
        }
    }

    /// <param name="path">What follows the image's own address: <c>info.json</c>, <c>full/512,/0/default.jpg</c>.</param>
    public Uri UrlOf(string identifier, string path) => new(Address, $"{Uri.EscapeDataString(identifier)}/{path}");

    /// <summary>The purge of this server: every process forgets its tiles and dimensions, before its next request or soon after.</summary>
    public void EmptyCaches()
    {
        foreach (var pid in ProcessIds)
            Signals.HangUp(pid);
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(string folder, int port, int processes) => $"""
        server.modules = ( "mod_fastcgi" )
        server.document-root = "{folder}"
        server.bind = "127.0.0.1"
        server.port = {port}
        server.http-parseopts = ( "url-path-2f-decode" => "disable", "url-path-dotseg-remove" => "enable" )
        fastcgi.server = ( "/iiif/2/" => (
        {string.Join(",\n", Enumerable.Range(1, processes).Select(i =>
            $"""( "socket" => "{folder}/iipsrv{i}", "check-local" => "disable", "fix-root-scriptname" => "enable" )"""))}
        ))
        """;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
