using System.Diagnostics;
using Understudy.Warming.Planning;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>
/// A reader who opens one image after the other, with OpenSeadragon 5 in a window of 1280 × 800: info.json, then all tiles of the levels that it
/// loads until the whole image is sharp in the window, over 6 connections, as browsers have them.
/// </summary>
internal sealed class Viewer(Uri server) : IDisposable
{
    private const int WindowWidth = 1_280;
    private const int WindowHeight = 800;
    private const int Connections = 6;

    // Its minPixelRatio: a level is loaded that has up to two pixels for each of the screen.
    private const double LeastPixelRatio = 0.5;

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false, UseCookies = false });

    public void Dispose() => _http.Dispose();

    public async Task<FirstViewSample> OpenAsync(string path, CancellationToken cancel)
    {
        var address = $"{server.ToString().TrimEnd('/')}/iiif/2/%2F{Uri.EscapeDataString(path)}";
        var started = Stopwatch.GetTimestamp();
        var info = await GetAsync($"{address}/info.json", cancel);
        if (!IiifImage.TryParse(info, out var image, out var error))
            throw new BenchException($"{address}/info.json: {error}");
        var shown = image.Width * Math.Min((double)WindowWidth / image.Width, (double)WindowHeight / image.Height);
        var tiles = TilePlan.Of(image, ViewerProfile.B).TakeWhile(t => (double)image.Width * t.Output.Width / t.Source.Width <= (shown / LeastPixelRatio) + 1).ToArray();
        var side = new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancel };
        long bytes = 0;
        await Parallel.ForEachAsync(tiles, side, async (tile, stop) =>
        {
            var body = await GetAsync($"{address}/{tile.Path}", stop);
            if (body is not [0xFF, 0xD8, .., 0xFF, 0xD9])
                throw new BenchException($"{address}/{tile.Path} is no JPEG");
            Interlocked.Add(ref bytes, body.Length);
        });
        return new FirstViewSample(Stopwatch.GetElapsedTime(started).TotalSeconds, tiles.Length, bytes);
    }

    private async Task<byte[]> GetAsync(string url, CancellationToken cancel)
    {
        var exact = new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var answer = await _http.GetAsync(exact, cancel);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(cancel) : throw new BenchException($"{url} answered {(int)answer.StatusCode}");
    }
}

/// <param name="Seconds">From opening it until the last tile is there.</param>
internal sealed record FirstViewSample(double Seconds, int Tiles, long Bytes);
