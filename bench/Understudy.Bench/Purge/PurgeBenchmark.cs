using System.Globalization;
using Npgsql;
using Understudy.Bench.Measuring;
using Understudy.Contracts;

namespace Understudy.Bench.Purge;

/// <summary>How soon nobody is served what was before: of one asset, and of many.</summary>
internal sealed class PurgeBenchmark(PurgeBenchmarkOptions options, string workFolder)
{
    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 0.2 : 2));

    public async Task<PurgeResults> RunAsync(CancellationToken cancel)
    {
        var results = new PurgeResults(Machine.Here()) { LoadBefore = Load() };
        await PartAsync(PurgeBenchmarkOptions.Single, results, () => new SingleRefresh(options, workFolder).MeasureAsync(results, cancel), cancel);
        await PartAsync(PurgeBenchmarkOptions.Bulk, results, () => new BulkPurge(options, workFolder, _quiet).MeasureAsync(results, cancel), cancel);
        (results.Waits, results.Disturbed, results.LoadAfter) = (_quiet.Waits, _quiet.Disturbed, Load());
        return results;
    }

    private async Task PartAsync(string name, PurgeResults results, Func<Task> part, CancellationToken cancel)
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
