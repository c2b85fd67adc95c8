using Npgsql;
using Understudy.Aws;
using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;
using Understudy.Contracts;

namespace Understudy.Bench.Intake;

/// <summary>Lets the same messages go from SQS into the catalogue, by the worker and by the parts of its way, in turns.</summary>
internal sealed class IntakeBenchmark(IntakeOptions options, string workFolder)
{
    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 2 : 5));

    public async Task<IntakeResults> RunAsync(CancellationToken cancel)
    {
        var results = new IntakeResults(Machine.Here());
        await using var emulator = await Emulator.StartAsync(options.Repository, workFolder, cancel);
        var bare = await emulator.CreateAsync("bare", cancel);
        var alone = await emulator.CreateAsync(Workers.Alone, cancel);
        var shared = await emulator.CreateAsync(Workers.Shared, cancel);
        Progress.Say("starting two workers");
        await using var workers = await Workers.StartAsync(options.Worker, emulator, workFolder, options.Messages, cancel);
        var one = new WorkersOnQueue("**1 worker**", emulator, alone, workers, workers.First);
        IWay[] ways =
        [
            new BareQueue(emulator, bare), one, new WorkersOnQueue("**2 workers**", emulator, shared, workers, workers.First, workers.Second),
            new EventsByHttp(workers), new CatalogueRows(workers), new PlainCopy(workers),
        ];

        var hits = MessageSet.OfHits(options.Messages);
        foreach (var set in new[] { hits, MessageSet.OfDistinct(options.Messages, workers.Source) }.Where(s => options.Only.Contains(s.Name)))
            await RoundsAsync(set, ways, workers, results, cancel);
        if (options.Only.Contains(IntakeOptions.Latency))
            await LatencyAsync(new HitLatency(workers, one, hits, hits.Events[0].Id, options.Rounds), results, cancel);
        (results.Waits, results.Disturbed) = (_quiet.Waits, _quiet.Disturbed);
        return results;
    }

    private async Task RoundsAsync(MessageSet set, IWay[] ways, Workers workers, IntakeResults results, CancellationToken cancel)
    {
        var cell = new IntakeCell(set.Name, set.Title, set.Events.Count, [.. ways.Select(w => new WayRounds(w.Name, []))]);
        results.Cells.Add(cell);
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var (way, rounds) in ways.Zip(cell.Ways))
            {
                try
                {
                    var sample = await OneAsync(way, set, workers, cancel);
                    Progress.Say($"{set.Name}, round {round}: {way.Name} {sample.CommittedSeconds ?? sample.DeletedSeconds:0.00} s");
                    if (round > 0)
                        rounds.Samples.Add(sample);
                }
                catch (BenchException failed)
                {
                    // What it left behind would be in every later figure of this set.
                    results.Failures.Add($"{way.Name} with {set.Title}, round {round}: {failed.Message}");
                    return;
                }
            }
        }
    }

    private async Task<IntakeSample> OneAsync(IWay way, MessageSet set, Workers workers, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(IntakeOptions.RunLimit);
        try
        {
            await set.PrepareAsync(workers.Catalogue, bounded.Token);
            await _quiet.WaitAsync(bounded.Token);
            return await way.RunAsync(set, bounded.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"took longer than {IntakeOptions.RunLimit.TotalSeconds:0} s; the worker's log ends: {workers.First.LastWords()}");
        }
        catch (Exception failed) when (failed is AwsFailure or NpgsqlException or HttpRequestException or UnderstudyException)
        {
            throw new BenchException($"{failed.Message}; the worker's log ends: {workers.First.LastWords()}");
        }
    }

    private static async Task LatencyAsync(HitLatency latency, IntakeResults results, CancellationToken cancel)
    {
        try
        {
            results.Latency.AddRange(await latency.MeasureAsync(cancel));
        }
        catch (Exception failed) when (failed is BenchException or AwsFailure or NpgsqlException or HttpRequestException)
        {
            results.Failures.Add($"latency: {failed.Message}");
        }
    }
}
