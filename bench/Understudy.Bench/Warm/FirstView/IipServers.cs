using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>
/// Two nodes, each a process of Debian's iipimage-server (spoken to through lighttpd) with a cache of its own before it, and one address for viewers,
/// which asks the nodes in turns. The cache is nginx's: iipsrv 1.1 has one, and puts each tile of a JP2 into it, but never finds it again.
/// </summary>
internal sealed class IipServers : IAsyncDisposable
{
    private const int Processes = 2;
    private const string Program = "/usr/lib/iipimage-server/iipsrv.fcgi";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<Service> _services = [];
    private readonly int[] _processPorts = [.. Enumerable.Range(0, Processes).Select(_ => Nginx.FreePort())];

    public Uri Viewers { get; } = Nginx.Local(Nginx.FreePort());

    public IReadOnlyList<Uri> Nodes { get; } = [.. Enumerable.Range(0, Processes).Select(_ => Nginx.Local(Nginx.FreePort()))];

    public static async Task<IipServers> StartAsync(string store, string folder, CancellationToken cancel)
    {
        if (!File.Exists(Program) || Programs.Find("lighttpd") is not { } lighttpd || Nginx.Executable is not { } nginx)
            throw new BenchException("of iipimage-server, lighttpd and nginx not all are installed");
        Directory.CreateDirectory(Path.Combine(folder, "temp"));
        await File.WriteAllTextAsync(Path.Combine(folder, "ready.txt"), "ready\n", cancel);
        var servers = new IipServers();
        try
        {
            foreach (var n in Enumerable.Range(0, Processes))
                await servers.StartAsync(n, store, folder, cancel);
            var configuration = Path.Combine(folder, "lighttpd.conf");
            await File.WriteAllTextAsync(configuration, servers.Lighttpd(folder), cancel);
            servers._services.Add(Service.Start("lighttpd", lighttpd, ["-D", "-f", configuration], [], Path.Combine(folder, "lighttpd.log")));
            await servers._services[^1].ReadyAsync(new Uri(Nginx.Local(servers._processPorts[0]), "ready.txt"), Patience, cancel);

            configuration = Path.Combine(folder, "nginx.conf");
            await File.WriteAllTextAsync(configuration, servers.Caches(), cancel);
            servers._services.Add(Service.Start("nginx", nginx, ["-p", folder, "-c", configuration, "-e", "stderr"], [], Path.Combine(folder, "nginx.log")));
            await servers._services[^1].ReadyAsync(new Uri(servers.Viewers, "ready.txt"), Patience, cancel);
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

    private string Lighttpd(string folder) => $$"""
        server.modules = ( "mod_fastcgi" )
        server.document-root = "{{folder}}"
        server.bind = "127.0.0.1"
        server.port = {{_processPorts[0]}}
        server.http-parseopts = ( "url-path-2f-decode" => "disable", "url-path-dotseg-remove" => "enable" )
        mimetype.assign = ( ".txt" => "text/plain" )
        fastcgi.server = {{Process(folder, 0)}}
        {{string.Join('\n', _processPorts.Index().Skip(1).Select(p =>
            $$"""$SERVER["socket"] == "127.0.0.1:{{p.Item}}" { fastcgi.server = {{Process(folder, p.Index)}} }"""))}}
        """;

    private static string Process(string folder, int n) =>
        $"""( "/iiif/2/" => ( ( "socket" => "{folder}/iipsrv{n}", "check-local" => "disable", "fix-root-scriptname" => "enable" ) ) )""";

    /// <summary>Paths are passed on to the letter: %2F belongs to the identifier.</summary>
    private string Caches() => $$"""
        worker_processes 1;
        daemon off;
        pid nginx.pid;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        events { worker_connections 1024; }
        http {
            access_log off;
            keepalive_requests 1000000;
            client_body_temp_path temp/body;
            proxy_temp_path temp/proxy;
            fastcgi_temp_path temp/fastcgi;
            uwsgi_temp_path temp/uwsgi;
            scgi_temp_path temp/scgi;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            upstream nodes {
                {{string.Join(' ', Nodes.Select(n => $"server 127.0.0.1:{n.Port};"))}}
                keepalive 16;
            }
            server {
                listen 127.0.0.1:{{Viewers.Port}};
                location / { proxy_pass http://nodes; }
            }
        {{string.Join('\n', Nodes.Zip(_processPorts, (node, port) => $$"""
                proxy_cache_path cache{{node.Port}} keys_zone=tiles{{node.Port}}:8m max_size=2g inactive=1h use_temp_path=off;
                server {
                    listen 127.0.0.1:{{node.Port}};
                    proxy_cache tiles{{node.Port}};
                    proxy_cache_key $request_uri;
                    proxy_cache_valid 200 1h;
                    location / { proxy_pass http://127.0.0.1:{{port}}; }
                }
            """))}}
        }
        """;
}
