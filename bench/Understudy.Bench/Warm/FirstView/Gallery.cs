using System.Diagnostics;
using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>Opens every image of a gallery once at new servers, and once at new servers that the worker has warmed.</summary>
internal sealed class Gallery(WarmOptions options, string workFolder, QuietMachine quiet)
{
    public async Task<GalleryViews> MeasureAsync(WarmResults results, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, "gallery")).FullName;
        var store = Directory.CreateDirectory(Path.Combine(folder, "store")).FullName;
        var pictureBytes = await Pictures.FillAsync(store, options.Images, options.Repository, cancel);

        IReadOnlyList<FirstViewSample> cold;
        await using (var servers = await IipServers.StartAsync(store, Path.Combine(folder, "cold"), cancel))
        {
            await quiet.WaitAsync(cancel);
            cold = await OpenAllAsync("cold", servers.Viewers, cancel);
        }

        await using var fresh = await IipServers.StartAsync(store, Path.Combine(folder, "warmed"), cancel);
        await using var worker = await WorkerService.StartAsync(options.Worker, Settings(fresh, cold[0].Tiles), store, folder, cancel);
        await KnownCopies.AddAsync(worker, options.Images, Pictures.Width, Pictures.Height, Pictures.Levels, cancel);
        Progress.Say($"first view: warming {options.Images} images at {fresh.Nodes.Count} nodes");
        await quiet.WaitAsync(cancel);
        var started = Stopwatch.GetTimestamp();
        var warming = await new BulkWarming(worker).RunAsync(WarmOptions.RunLimit, cancel);
        var took = Stopwatch.GetElapsedTime(started);
        await quiet.WaitAsync(cancel);
        var warmed = await OpenAllAsync("warmed", fresh.Viewers, cancel);
        return new GalleryViews(
            [.. cold.Select(v => v.Seconds)], [.. warmed.Select(v => v.Seconds)], cold[0].Tiles, took.TotalSeconds, warming.GoodRequests, pictureBytes,
            cold.Sum(v => (double)v.Bytes) / cold.Sum(v => v.Tiles));
    }

    private async Task<IReadOnlyList<FirstViewSample>> OpenAllAsync(string how, Uri server, CancellationToken cancel)
    {
        // The first request of a process pays for its compiler; no image server is in it.
        using (var nobody = new Viewer(server))
            await Assumed(() => nobody.OpenAsync("nobody.jp2", cancel));
        using var viewer = new Viewer(server);
        var samples = new List<FirstViewSample>();
        for (var n = 1; n <= options.Images; n++)
            samples.Add(await viewer.OpenAsync(KnownCopies.Path(n), cancel));
        Progress.Say($"first view, {how}: {samples.Sum(s => s.Seconds):0.0} s for {samples.Count} images of {samples[0].Tiles} tiles");
        return samples;
    }

    private static async Task Assumed(Func<Task> failing)
    {
        try
        {
            await failing();
        }
        catch (BenchException)
        {
        }
    }

    /// <summary>This server has version 2 only, and tiles of 256 pixels whatever the file has: a first view takes more of them than the default budget.</summary>
    private static Dictionary<string, string> Settings(IipServers servers, int tiles)
    {
        var settings = new Dictionary<string, string> { ["Warming__Versions"] = "2", ["Warming__MaxRequestsPerAsset"] = $"{tiles}" };
        foreach (var (n, node) in servers.Nodes.Index())
            settings[$"Cantaloupe__Tiles__Nodes__{n}"] = node.ToString().TrimEnd('/');
        return settings;
    }
}
