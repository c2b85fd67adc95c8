using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>
/// Debian's iipimage-server, two processes, behind lighttpd: one address for viewers, behind which lighttpd chooses, and one for each process, by
/// which it can be warmed. Each process has a cache of its own, in memory, of the JPEGs that it made.
/// </summary>
internal sealed class IipServers : IAsyncDisposable
{
    /// <summary>Of each process. iipsrv's own default, 10, would not hold the gallery.</summary>
    public const int CacheMegabytes = 512;

    private const int Processes = 2;
    private const string Program = "/usr/lib/iipimage-server/iipsrv.fcgi";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<Service> _services = [];

    private IipServers(Uri viewers, IReadOnlyList<Uri> nodes) => (Viewers, Nodes) = (viewers, nodes);

    public Uri Viewers { get; }

    public IReadOnlyList<Uri> Nodes { get; }

    public static async Task<IipServers> StartAsync(string store, string folder, CancellationToken cancel)
    {
        if (!File.Exists(Program) || Programs.Find("lighttpd") is not { } lighttpd)
            throw new BenchException("iipimage-server and lighttpd aren't installed");
        Directory.CreateDirectory(folder);
        var servers = new IipServers(Nginx.Local(Nginx.FreePort()), [.. Enumerable.Range(0, Processes).Select(_ => Nginx.Local(Nginx.FreePort()))]);
        try
        {
            foreach (var n in Enumerable.Range(1, Processes))
                await servers.StartAsync(n, store, folder, cancel);
            var configuration = Path.Combine(folder, "lighttpd.conf");
            await File.WriteAllTextAsync(configuration, servers.Configuration(folder), cancel);
            await File.WriteAllTextAsync(Path.Combine(folder, "ready.txt"), "ready\n", cancel);
            var front = Service.Start("lighttpd", lighttpd, ["-D", "-f", configuration], [], Path.Combine(folder, "lighttpd.log"));
            servers._services.Add(front);
            await front.ReadyAsync(new Uri(servers.Viewers, "ready.txt"), Patience, cancel);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.AsEnumerable().Reverse())
            await service.DisposeAsync();
    }

    private async Task StartAsync(int n, string store, string folder, CancellationToken cancel)
    {
        var socket = Path.Combine(folder, $"iipsrv{n}");
        var settings = new Dictionary<string, string>
        {
            ["FILESYSTEM_PREFIX"] = store.TrimEnd('/') + "/", // It is put before the identifier as it is.
            ["URI_MAP"] = "iiif/2=>IIIF",
            ["MAX_IMAGE_CACHE_SIZE"] = $"{CacheMegabytes}",
            ["MAX_LAYERS"] = "-1",
            ["MAX_CVT"] = "20000",
            // A Memcached of the machine's own would be a cache that nobody empties.
            ["MEMCACHED_SERVERS"] = "127.0.0.1:1",
            ["VERBOSITY"] = "1",
            ["LOGFILE"] = Path.Combine(folder, $"iipsrv{n}.own.log"),
        };
        var process = Service.Start("iipsrv", Program, ["--bind", socket], settings, Path.Combine(folder, $"iipsrv{n}.log"));
        _services.Add(process);
        for (var waited = TimeSpan.Zero; !File.Exists(socket); waited += TimeSpan.FromMilliseconds(20))
        {
            if (waited > Patience)
                throw new BenchException($"iipsrv did not begin; it said: {process.LastWords()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
        }
    }

    private string Configuration(string folder) => $$"""
        server.modules = ( "mod_fastcgi" )
        server.document-root = "{{folder}}"
        server.bind = "127.0.0.1"
        server.port = {{Viewers.Port}}
        server.http-parseopts = ( "url-path-2f-decode" => "disable", "url-path-dotseg-remove" => "enable" )
        mimetype.assign = ( ".txt" => "text/plain" )
        fastcgi.server = ( "/iiif/2/" => ( {{Backend(folder, 1)}}, {{Backend(folder, 2)}} ) )
        {{string.Join('\n', Nodes.Index().Select(n =>
            $$"""$SERVER["socket"] == "127.0.0.1:{{n.Item.Port}}" { fastcgi.server = ( "/iiif/2/" => ( {{Backend(folder, n.Index + 1)}} ) ) }"""))}}
        """;

    private static string Backend(string folder, int n) =>
        $"""( "socket" => "{folder}/iipsrv{n}", "check-local" => "disable", "fix-root-scriptname" => "enable" )""";
}
