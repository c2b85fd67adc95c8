using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Understudy.Bench.Purge;

/// <summary>The limit: a HttpClient that does nothing else, in the process of the nodes.</summary>
internal sealed class BarePosts(int assets, IReadOnlyList<Uri> nodes) : IPostWay
{
    public string Name => "bare HttpClient loop";

    public async Task<BulkSample> RunAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FakeNodes.User}:{FakeNodes.Secret}")));
        string[] identifiers = [.. PostWays.Identifiers(assets)];
        Uri[] tasks = [.. nodes.Select(n => new Uri(n, "tasks"))];
        var (next, cpu) = (-1, Environment.CpuUsage.TotalTime);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, PostWays.AtOnce).Select(_ => Task.Run(PostAsync, cancel)));
        return new BulkSample(Name, assets, Stopwatch.GetElapsedTime(started).TotalSeconds, null) { NodesCpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds };

        async Task PostAsync()
        {
            while (Interlocked.Increment(ref next) is var mine && mine < identifiers.Length * tasks.Length)
            {
                using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(PostWays.Body(identifiers[mine / tasks.Length])));
                body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await http.PostAsync(tasks[mine % tasks.Length], body, cancel);
                answer.EnsureSuccessStatusCode();
            }
        }
    }
}
