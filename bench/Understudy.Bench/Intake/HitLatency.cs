using System.Diagnostics;
using System.Net;
using Understudy.Bench.Copy;
using Understudy.Contracts;

namespace Understudy.Bench.Intake;

/// <summary>How long somebody waits for an asset that is there, while one worker takes in a full queue and beside an empty one.</summary>
internal sealed class HitLatency(Workers all, WorkersOnQueue queue, MessageSet hits, AssetId asset, int rounds)
{
    private const int IdleCalls = 1_000;

    public async Task<IReadOnlyList<Calls>> MeasureAsync(CancellationToken cancel)
    {
        Progress.Say("latency, empty queue");
        var (idle, busy) = (new List<double>(), new List<double>());
        while (idle.Count < IdleCalls)
            idle.Add(await TimeAsync(cancel));

        for (var round = 1; round <= rounds; round++)
        {
            Progress.Say($"latency, full queue, round {round}");
            await hits.PrepareAsync(all.Catalogue, cancel);
            var before = await hits.ProgressAsync(all.Catalogue, cancel);
            await queue.FillAsync(hits, cancel);
            var started = Stopwatch.GetTimestamp();
            queue.GoOn();
            var absorbed = queue.CommittedAsync(hits, before, started, cancel);
            while (!absorbed.IsCompleted)
                busy.Add(await TimeAsync(cancel));
            await absorbed;
        }

        return [Calls.Of("nothing else to do", idle), Calls.Of($"{hits.Events.Count:N0} hits coming in", busy)];
    }

    private async Task<double> TimeAsync(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await all.First.Http.PutAsync($"api/v1/assets/{asset}?wait=10s", null, cancel);
        await answer.Content.ReadAsByteArrayAsync(cancel);
        return answer.StatusCode == HttpStatusCode.OK
            ? Stopwatch.GetElapsedTime(started).TotalMilliseconds
            : throw new BenchException($"{asset} is there, and PUT answered {(int)answer.StatusCode}; the worker's log ends: {all.First.LastWords()}");
    }
}
