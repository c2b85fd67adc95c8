using System.Diagnostics;
using System.Net;
using Understudy.Bench.Contenders;
using Understudy.Bench.Data;
using Understudy.Contracts;

namespace Understudy.Bench.Copy;

/// <summary>How long a request for one asset takes: with nothing else to do, and while bulk work waits.</summary>
internal sealed class Latency(CopyOptions options, Uri s3, string destination, string workFolder)
{
    private const int BulkPlans = 100_000;
    private const int BulkBatch = 1_000;

    /// <summary>Each takes 10 s: after so many the figure is plain, and the rest of the calls isn't made.</summary>
    private const int EnoughLate = 10;

    private static readonly TimeSpan FillLimit = TimeSpan.FromMinutes(3);

    private readonly int _hits = options.Quick ? 500 : 2_000;
    private readonly int _misses = options.Quick ? 50 : 200;

    private int _space;

    public async Task MeasureAsync(CopyResults results, CancellationToken cancel)
    {
        var store = Path.Combine(destination, "latency-store");
        await using var worker = await WorkerService.StartAsync(options.Worker, s3, store, workFolder, cancel);
        try
        {
            results.Latency.Add(await BareAsync(cancel));
            await CallsAsync(worker, "nothing else to do", results, cancel);
            var waiting = await FillAsync(worker, cancel);
            await CallsAsync(worker, $"{waiting:N0} bulk plans waiting", results, cancel);
        }
        catch (Exception refused) when (refused is UnderstudyException or HttpRequestException)
        {
            throw new BenchException($"understudy: {refused.Message}; its log ends: {worker.LastWords()}");
        }
    }

    /// <summary>The least that a 4 MiB copy can take: the same file, one GET on a kept connection, to the same file system.</summary>
    private async Task<Calls> BareAsync(CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = s3 };
        var target = Path.Combine(Directory.CreateDirectory(destination).FullName, "bare.jp2");
        var times = new List<double>();
        foreach (var name in MissNames(warm: 5))
        {
            var started = Stopwatch.GetTimestamp();
            await using (var file = File.Create(target))
            await using (var body = await http.GetStreamAsync($"{DataSet.Medium.Bucket}/{DataSet.Key(name)}", cancel))
                await body.CopyToAsync(file, cancel);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            File.Delete(target);
        }

        return Calls.Of("bare HttpClient GET of 4 MiB to a file", times.Skip(5));
    }

    private async Task CallsAsync(WorkerService worker, string meanwhile, CopyResults results, CancellationToken cancel)
    {
        Progress.Say($"latency, {meanwhile}");
        var space = ++_space;
        var there = new AssetCall(worker, AssetId.Parse($"2/{space}/there"));
        await worker.Client.SendAsync([UnderstudyContender.Ingested(there.Id, DataSet.Small, DataSet.Small.Names.First())], cancel);
        if (await there.TimeAsync(cancel) is not { Present: true })
            throw new BenchException($"{there.Id} did not come within {AssetCall.Wait}, with {meanwhile}");

        var hits = new List<(bool Present, double Milliseconds)>();
        for (var call = 0; call < _hits && hits.Count(c => !c.Present) < EnoughLate; call++)
            hits.Add(await there.TimeAsync(cancel));
        results.Latency.Add(Of($"PUT of an asset that is there, {meanwhile}", hits));

        var misses = new List<(bool Present, double Milliseconds)>();
        foreach (var name in MissNames(warm: 5).TakeWhile(_ => misses.Count(c => !c.Present) < EnoughLate))
            misses.Add(await new AssetCall(worker, AssetId.Parse($"2/{space}/{name}")).TimeAsync(cancel));
        results.Latency.Add(Of($"PUT of an asset of 4 MiB that is not there, {meanwhile}", misses.Skip(5)));
        Workspace.Empty(Path.Combine(destination, "latency-store", "2"));
    }

    /// <summary>Plans that stay: what little of them is begun gets its bytes at a trickle.</summary>
    private static async Task<long> FillAsync(WorkerService worker, CancellationToken cancel)
    {
        Progress.Say($"latency, sending {BulkPlans:N0} bulk events");
        var sent = 0;
        for (var started = Stopwatch.GetTimestamp(); sent < BulkPlans && Stopwatch.GetElapsedTime(started) < FillLimit; sent += BulkBatch)
        {
            var source = DataSet.Trickle.Names.Single();
            await worker.Client.SendAsync(
                Enumerable.Range(sent, BulkBatch).Select(n => UnderstudyContender.Ingested(AssetId.Parse($"3/1/bulk-{n}"), DataSet.Trickle, source, Lane.Bulk)),
                cancel);
        }

        return (await worker.Client.PlansAsync(cancel)).Where(p => p.Lane == Lane.Bulk && p.State != AssetState.Dead).Sum(p => p.Plans);
    }

    private IEnumerable<string> MissNames(int warm) => DataSet.Medium.Names.Take(_misses + warm);

    private static Calls Of(string what, IEnumerable<(bool Present, double Milliseconds)> calls)
    {
        var all = calls.ToArray();
        return Calls.Of(what, all.Where(c => c.Present).Select(c => c.Milliseconds), all.Count(c => !c.Present));
    }

    private sealed record AssetCall(WorkerService Worker, AssetId Id)
    {
        public const string Wait = "10s";

        /// <summary>The answer is read but not parsed, which would be this process's time.</summary>
        public async Task<(bool Present, double Milliseconds)> TimeAsync(CancellationToken cancel)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await Worker.Http.PutAsync($"api/v1/assets/{Id}?wait={Wait}", null, cancel);
            await answer.Content.ReadAsByteArrayAsync(cancel);
            return (answer.StatusCode == HttpStatusCode.OK, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }
}
