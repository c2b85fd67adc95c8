using System.Diagnostics;
using System.Globalization;
using Understudy.Bench.Contenders;
using Understudy.Bench.Copy;
using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;
using Understudy.Bench.Warm;
using Understudy.Contracts;

namespace Understudy.Bench.Purge;

/// <summary>
/// One asset after the other gets the other source: from the event to a purge that is done, with nothing else to do, and beside a bulk purge.
/// </summary>
internal sealed class SingleRefresh(PurgeBenchmarkOptions options, string workFolder)
{
    // After some, the runtime has compiled what runs.
    private const int Warmups = 20;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BulkGetsGoing = TimeSpan.FromSeconds(5);
    private static readonly AssetId Asset = AssetId.Parse($"{NodeCache.OfFiles}/1/refreshed");

    private int _turn;

    public async Task MeasureAsync(PurgeResults results, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, "single")).FullName;
        var store = Path.Combine(folder, "store");
        await using var emulator = await Emulator.StartAsync(options.Repository, folder, cancel);
        await RefreshSources.PutAsync(emulator.Address, folder, cancel);
        await using var nodes = await FakeNodes.StartAsync(PurgeBenchmarkOptions.Nodes, store, cancel);
        await using var worker = await PurgeWorker.StartAsync(options.Worker, nodes, store, PurgeBenchmarkOptions.SingleSettle, emulator.Address, folder, cancel);

        // The first copy has caches forget nothing.
        await worker.Client.SendAsync([new AssetIngested { Id = Asset, Source = Next() }], cancel);
        if ((await worker.Client.EnsureAsync(Asset, Limit, cancel)).State != AssetState.Present)
            throw new BenchException($"{Asset} did not come; the worker's log ends: {worker.LastWords()}");
        for (var n = 0; n < Warmups; n++)
            await RefreshAsync(worker, nodes, cancel);

        Progress.Say($"refresh, alone: {options.Refreshes}");
        results.Refreshes.Add(Calls.Of("nothing else to do", await ManyAsync(worker, nodes, () => true, cancel)));

        await KnownCopies.AddAsync(worker, options.Assets, NodeCache.Known.Width, NodeCache.Known.Height, levels: 5, cancel);
        var bulk = await worker.Client.BeginPurgeAsync(new PurgeRequest(KnownCopies.Customer), cancel: cancel);
        await Task.Delay(BulkGetsGoing, TimeProvider.System, cancel);
        Progress.Say($"refresh, beside a bulk purge: {options.Refreshes}");
        var ended = false;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Task.Run(async () =>
        {
            while ((await worker.Client.PurgesAsync(watching.Token))[0].EndedAt is null)
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, watching.Token);
            Volatile.Write(ref ended, true);
        }, cancel);
        var (before, began) = ((await worker.Client.PurgesAsync(cancel))[0].Done, Stopwatch.GetTimestamp());
        var beside = await ManyAsync(worker, nodes, () => !Volatile.Read(ref ended), cancel);
        var pace = ((await worker.Client.PurgesAsync(cancel))[0].Done - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        results.Refreshes.Add(Calls.Of(string.Create(CultureInfo.InvariantCulture, $"a bulk purge of {options.Assets:N0} assets under way, at {pace:0} assets/s"), beside));
        await watching.CancelAsync();
        await watch.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await worker.Client.CancelPurgeAsync(bulk.Id, cancel);
    }

    /// <returns>Milliseconds without the settle time.</returns>
    private async Task<IReadOnlyList<double>> ManyAsync(WorkerService worker, FakeNodes nodes, Func<bool> goesOn, CancellationToken cancel)
    {
        var times = new List<double>();
        while (times.Count < options.Refreshes && goesOn())
            times.Add((await RefreshAsync(worker, nodes, cancel) - PurgeBenchmarkOptions.SingleSettle).TotalMilliseconds);
        return times;
    }

    private async Task<TimeSpan> RefreshAsync(WorkerService worker, FakeNodes nodes, CancellationToken cancel)
    {
        var source = Next();
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(Limit);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await worker.Client.SendAsync([new SourceUpdated { Id = Asset, Source = source }], bounded.Token);
            // Looks before then cost both without need.
            await Task.Delay(PurgeBenchmarkOptions.SingleSettle, TimeProvider.System, bounded.Token);
            while (await worker.Client.FindAsync(Asset, bounded.Token) is not { Purge.DoneAt: not null, Copy: { } copy, Plan: null } || copy.Source != source)
                await Task.Delay(Look, TimeProvider.System, bounded.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"a refresh took longer than {Limit}; the worker's log ends: {worker.LastWords()}");
        }

        var took = Stopwatch.GetElapsedTime(started);
        return nodes.ShowTruth($"/{await PathAsync(worker, cancel)}") ? took : throw new BenchException("a purge was done, and a node shows what was before");
    }

    private static async Task<string> PathAsync(WorkerService worker, CancellationToken cancel) => (await worker.Client.FindAsync(Asset, cancel))!.Copy!.Path;

    private string Next() => RefreshSources.Uris[_turn++ % 2];
}
