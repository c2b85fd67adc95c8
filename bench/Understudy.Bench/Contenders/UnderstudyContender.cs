using System.Diagnostics;
using Understudy.Bench.Data;
using Understudy.Bench.Measuring;
using Understudy.Contracts;

namespace Understudy.Bench.Contenders;

/// <summary>
/// A run is one call with an event for every file, and ends when the worker says that every copy is there: with its answer to
/// a waiting call for a few files, else by the count of copies in the store.
/// </summary>
internal sealed class UnderstudyContender(WorkerService worker, string storeRoot) : IContender
{
    public const string ToolName = "understudy";

    /// <summary>Up to so many are waited for one by one.</summary>
    private const int Few = 4;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>After so long without another copy it asks whether any plan was given up.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(2);

    private int _run;

    public string Tool => ToolName;

    public string Name => ToolName;

    /// <summary>Customer 1's part of the store; a run is a space of its own, so nothing is there already.</summary>
    public string Folder { get; } = Path.Combine(storeRoot, "1");

    public bool Takes(DataSet set) => true;

    public async Task<Sample> RunAsync(DataSet set, TimeSpan limit, CancellationToken cancel)
    {
        _run++;
        var events = set.Names.Select(name => Ingested(AssetId.Parse($"1/{_run}/{name}"), set, name)).ToArray();
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(limit);

        var before = await worker.Client.StoreAsync(bounded.Token);
        var (process, catalogue) = (worker.Process, worker.Catalogue);
        process.ForgetPeak();
        var (idle, cpu, catalogueCpu) = (process.ResidentBytes, process.CpuSeconds, catalogue?.FamilyCpuSeconds);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await worker.Client.SendAsync(events, bounded.Token);
            await (set.Files <= Few ? PresentAsync(events, limit, bounded.Token) : CountedAsync(before, set.Files, bounded.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"understudy took longer than {limit.TotalSeconds:0} s; its log ends: {worker.LastWords()}");
        }
        catch (Exception refused) when (refused is UnderstudyException or HttpRequestException)
        {
            throw new BenchException($"understudy: {refused.Message}; its log ends: {worker.LastWords()}");
        }

        return new Sample(
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            process.CpuSeconds - cpu,
            catalogue?.FamilyCpuSeconds - catalogueCpu,
            process.PeakResidentBytes,
            idle);
    }

    public static AssetIngested Ingested(AssetId id, DataSet set, string name, Lane? lane = null) =>
        new() { Id = id, Source = $"s3://{set.Bucket}/{DataSet.Key(name)}", Lane = lane };

    private async Task PresentAsync(AssetEvent[] events, TimeSpan limit, CancellationToken cancel)
    {
        foreach (var wanted in events)
        {
            var asset = await worker.Client.EnsureAsync(wanted.Id, limit, cancel);
            if (asset.State != AssetState.Present)
                throw new BenchException($"understudy: {wanted.Id} is {asset.State}: {asset.Plan?.Reason}");
        }
    }

    /// <summary>Half of the time that the rest should take lies between two looks, so they are few and the last is close.</summary>
    private async Task CountedAsync(StoreView before, int files, CancellationToken cancel)
    {
        var (lastDone, lastChange) = (0L, Stopwatch.GetTimestamp());
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            var done = (await worker.Client.StoreAsync(cancel)).Copies - before.Copies;
            if (done >= files)
                return;
            if (done > lastDone)
                (lastDone, lastChange) = (done, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(lastChange) > Standstill && await FirstDeadAsync(cancel) is { } dead)
                throw new BenchException($"understudy gave up {dead.Id}: {dead.Reason}");

            var rest = done == 0 ? ShortestPause : Stopwatch.GetElapsedTime(started) * ((double)(files - done) / done);
            var pause = TimeSpan.FromTicks(Math.Clamp((rest / 2).Ticks, ShortestPause.Ticks, LongestPause.Ticks));
            await Task.Delay(pause, TimeProvider.System, cancel);
        }
    }

    private async Task<AssetSummary?> FirstDeadAsync(CancellationToken cancel) =>
        (await worker.Client.ListAsync(state: AssetState.Dead, limit: 1, cancel: cancel)).Items is [var first, ..] ? first : null;
}
