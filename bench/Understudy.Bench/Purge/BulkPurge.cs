using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;
using Understudy.Bench.Warm;
using Understudy.Contracts;

namespace Understudy.Bench.Purge;

/// <summary>Has all nodes forget many assets: with one call to the worker, and by what one would do in its place, which looks at nothing afterwards.</summary>
internal sealed class BulkPurge(PurgeBenchmarkOptions options, string workFolder, QuietMachine quiet)
{
    // Before them, the runtime compiles.
    private const int Warmup = 1_000;

    // Each look has PostgreSQL count what is under way.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    public async Task MeasureAsync(PurgeResults results, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, "bulk")).FullName;
        await using var nodes = await FakeNodes.StartAsync(PurgeBenchmarkOptions.Nodes, store: folder, cancel);
        await using (var worker = await PurgeWorker.StartAsync(options.Worker, nodes, Path.Combine(folder, "store"), PurgeBenchmarkOptions.BulkSettle, s3: null, folder, cancel))
        {
            var statements = options.Statements ? await StatementTimes.WatchAsync(worker, cancel) : null;
            await KnownCopies.AddAsync(worker, options.Assets, NodeCache.Known.Width, NodeCache.Known.Height, levels: 5, cancel);
            var some = Enumerable.Range(1, Math.Min(Warmup, options.Assets)).Select(n => AssetId.Parse(KnownCopies.Path(n)[..^".jp2".Length]));
            await RunAsync(worker, new PurgeRequest(Ids: [.. some], Warm: false), cancel);
            nodes.StartAnew();
            if (statements is not null)
                await statements.ForgetAsync(cancel);

            await quiet.WaitAsync(cancel);
            var (cpu, catalogueCpu, nodesCpu) = (worker.Process.CpuSeconds, worker.Catalogue?.FamilyCpuSeconds, Environment.CpuUsage.TotalTime);
            var took = await RunAsync(worker, new PurgeRequest(KnownCopies.Customer, Warm: false), cancel);
            results.Bulk.Add(new BulkSample("**understudy**, verified", options.Assets, took.TotalSeconds, nodes.Counts)
            {
                CpuSeconds = worker.Process.CpuSeconds - cpu,
                CatalogueCpuSeconds = worker.Catalogue?.FamilyCpuSeconds - catalogueCpu,
                NodesCpuSeconds = (Environment.CpuUsage.TotalTime - nodesCpu).TotalSeconds,
            });
            if (statements is not null)
                results.Statements.AddRange(await statements.ReadAsync(cancel));
            Progress.Say($"bulk: {results.Bulk[^1].Assets / results.Bulk[^1].Seconds:0} assets/s");
        }

        foreach (var way in PostWays.All(options.Assets, nodes.Addresses, folder))
        {
            nodes.StartAnew();
            await quiet.WaitAsync(cancel);
            var sample = await way.RunAsync(cancel);
            if (nodes.Counts.Posts != sample.Assets * PurgeBenchmarkOptions.Nodes)
                throw new BenchException($"{way.Name} posted {nodes.Counts.Posts} tasks for {sample.Assets} assets");
            results.Bulk.Add(sample with { Requests = nodes.Counts });
            Progress.Say($"bulk: {way.Name} {sample.Assets / sample.Seconds:0} assets/s");
        }
    }

    /// <returns>By the worker's own word: it notices the end once a second.</returns>
    private async Task<TimeSpan> RunAsync(WorkerService worker, PurgeRequest request, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(options.RunLimit);
        try
        {
            var bulk = await worker.Client.BeginPurgeAsync(request, cancel: bounded.Token);
            while (bulk.EndedAt is null)
            {
                await Task.Delay(Look, TimeProvider.System, bounded.Token);
                bulk = (await worker.Client.PurgesAsync(bounded.Token)).Single(p => p.Id == bulk.Id);
            }

            return bulk.Done == bulk.Total
                ? bulk.EndedAt.Value - bulk.CreatedAt
                : throw new BenchException($"of {bulk.Total} assets {bulk.Failed} failed and {bulk.Skipped} were left out; the worker's log ends: {worker.LastWords()}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"the purge took longer than {options.RunLimit}; the worker's log ends: {worker.LastWords()}");
        }
    }
}
