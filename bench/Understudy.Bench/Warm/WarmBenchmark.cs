using System.Globalization;
using Npgsql;
using Understudy.Bench.Measuring;
using Understudy.Bench.Warm.FirstView;
using Understudy.Bench.Warm.Planner;
using Understudy.Bench.Warm.Warmer;
using Understudy.Contracts;

namespace Understudy.Bench.Warm;

/// <summary>From an info.json to URLs, from URLs to requests, and what those are good for: the first view of a gallery.</summary>
internal sealed class WarmBenchmark(WarmOptions options, string workFolder)
{
    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 0.2 : 0.6));

    public async Task<WarmResults> RunAsync(CancellationToken cancel)
    {
        var results = new WarmResults(Machine.Here()) { LoadBefore = Load() };
        await PartAsync(WarmOptions.Planner, results, () => new PlannerSpeed(options, workFolder, _quiet).MeasureAsync(results, cancel), cancel);
        await PartAsync(WarmOptions.Warmer, results, () => new WarmerSpeed(options, workFolder, _quiet).MeasureAsync(results, cancel), cancel);
        await PartAsync(WarmOptions.View, results, async () => results.Gallery = await new Gallery(options, workFolder, _quiet).MeasureAsync(results, cancel), cancel);
        (results.Waits, results.Disturbed, results.LoadAfter) = (_quiet.Waits, _quiet.Disturbed, Load());
        if (options.Svg is not null && results.Gallery is { } gallery)
            await File.WriteAllTextAsync(options.Svg, FirstViewChart.Draw(gallery), cancel);
        return results;
    }

    private async Task PartAsync(string name, WarmResults results, Func<Task> part, CancellationToken cancel)
    {
        if (!options.Only.Contains(name))
            return;
        try
        {
            await part();
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is BenchException or HttpRequestException or NpgsqlException or UnderstudyException)
        {
            results.Failures.Add($"{name}: {failed.Message}");
        }
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
