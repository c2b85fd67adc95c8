using System.Net;
using System.Net.Sockets;
using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Serving;

/// <summary>The S3 that everything is fetched from, as long as it isn't disposed.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Service _process;

    private Nginx(Service process, Uri unlimited, Uri limited) => (_process, Unlimited, Limited) = (process, unlimited, limited);

    public Uri Unlimited { get; }

    public Uri Limited { get; }

    public static string? Executable => Programs.Find("nginx");

    public static async Task<Nginx> StartAsync(string executable, DataFolder data, string workFolder, CancellationToken cancel)
    {
        var prefix = Directory.CreateDirectory(Path.Combine(workFolder, "nginx")).FullName;
        Directory.CreateDirectory(Path.Combine(prefix, "temp"));
        var (unlimited, limited) = (FreePort(), FreePort());
        var configuration = Path.Combine(prefix, "nginx.conf");
        await File.WriteAllTextAsync(configuration, NginxConfiguration.Text(data.Root, unlimited, limited), cancel);

        var process = Service.Start("nginx", executable, ["-p", prefix, "-c", configuration, "-e", "stderr"], [], Path.Combine(prefix, "error.log"));
        var nginx = new Nginx(process, Local(unlimited), Local(limited));
        try
        {
            await process.ReadyAsync(new Uri(nginx.Limited, $"{DataSet.Trickle.Bucket}?list-type=2"), TimeSpan.FromSeconds(10), cancel);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    public static Uri Local(int port) => new($"http://127.0.0.1:{port}/");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
