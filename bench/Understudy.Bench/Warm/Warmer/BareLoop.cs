using System.Diagnostics;

namespace Understudy.Bench.Warm.Warmer;

/// <summary>The limit: the same requests with as many at once, by a HttpClient that does nothing but read the bodies.</summary>
internal sealed class BareLoop(IReadOnlyList<Uri> urls, int atOnce) : IWay
{
    public const string Title = "bare HttpClient";

    public string Name => Title;

    public async Task<WarmerSample> RunAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false });
        var (next, cpu) = (-1, Environment.CpuUsage.TotalTime);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(AskAsync, cancel)));
        return new WarmerSample(urls.Count, Stopwatch.GetElapsedTime(started).TotalSeconds, ServerCpuSeconds: (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);

        async Task AskAsync()
        {
            while (Interlocked.Increment(ref next) is var mine && mine < urls.Count)
            {
                using var answer = await http.GetAsync(urls[mine], HttpCompletionOption.ResponseHeadersRead, cancel);
                answer.EnsureSuccessStatusCode();
                await answer.Content.CopyToAsync(Stream.Null, cancel);
            }
        }
    }
}
