using System.Globalization;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Warming;

/// <summary>
/// Asks the image servers for what an asset's first viewers will ask for, and holds every answer against what was asked. Done when all
/// were good: then the servers have made and cached them. What was good is not asked for again, also by a later attempt.
/// </summary>
internal sealed class WarmStage(ImageServers servers, Survey survey, Questions questions, Warmths warmths, WarmingOptions options, TimeProvider time) : IStage
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    public string Name => Stages.Warm;

    public async Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        if (attempt.Copy is null)
            return new Outcome.NothingToDo("there is no copy to warm");

        var former = await warmths.FindAsync(attempt, cancel);
        var tally = new Tally();
        if (IsStillHeld(former))
            tally.WasHeld($"{string.Join(", ", former!.Progress.Keys)} left alone for now, after being overloaded or away");
        else if (await survey.AskAsync(attempt, tally, cancel) is { } surveyed)
            return await WalkAsync(attempt, Itinerary.Of(attempt, surveyed, servers, options), former, tally, cancel);

        if (tally.Held is null)
            await warmths.SaveAsync(attempt, Unplanned(former, tally), cancel);
        return Verdict(tally, null);
    }

    /// <summary>What former attempts came to still counts when the plan can be made again.</summary>
    private static WarmthNote Unplanned(Warmth? former, Tally tally) => former is { Progress.Count: > 0 }
        ? new(former.Requested, former.Good, tally.Bad, former.Bytes, former.Slowest, tally.Reason, former.Fingerprint, former.Progress, new(0, tally.Bad, 0))
        : new(tally.Bad, 0, tally.Bad, 0, TimeSpan.Zero, tally.Reason, "", new Dictionary<string, byte[]>(), new(0, tally.Bad, 0));

    /// <summary>What is left goes to nodes that are left alone: nothing has to be asked to know that.</summary>
    private bool IsStillHeld(Warmth? former) =>
        former is { Progress.Count: > 0 } && former.Progress.Keys.All(key => servers.All.Any(c => c.Nodes.Where(n => c.Cluster.Name == key || n.Name == key) is var nodes && nodes.Any() && nodes.All(n => n.IsPaused)));

    private async Task<Outcome> WalkAsync(Attempt attempt, Itinerary itinerary, Warmth? former, Tally tally, CancellationToken cancel)
    {
        var same = former?.Fingerprint == itinerary.Fingerprint ? former : null;
        foreach (var route in itinerary.Routes)
        {
            // A finished route leaves no progress behind.
            if (same?.Progress.GetValueOrDefault(route.Key) is { } bits)
                route.Resume(bits);
            else if (same is not null)
                route.MarkAllGood();
        }

        using var notes = new Notes(attempt, itinerary, same, tally, warmths, time);
        try
        {
            await Task.WhenAll(itinerary.Routes.Select(r => WalkAsync(attempt, r, tally, notes, cancel)));
        }
        finally
        {
            await notes.WriteLastAsync();
        }

        return Verdict(tally, itinerary);
    }

    private async Task WalkAsync(Attempt attempt, Route route, Tally tally, Notes notes, CancellationToken cancel)
    {
        var left = Enumerable.Range(0, route.Requests.Count).Where(i => !route.IsGood(i)).ToLookup(i => route.Requests[i] is WarmRequest.Info);
        // One more than may be under way, so that the next is in the queue when a turn comes.
        var side = new ParallelOptions { MaxDegreeOfParallelism = route.NodeCount * options.Flow.Concurrency + 1, CancellationToken = cancel };
        var isHeld = false;
        // First whether the node is well: it needs an image's info before the image, and that an image takes too long is the image's own
        // fault only where its info came.
        await Parallel.ForEachAsync(left[true], side, AskAsync);
        await Parallel.ForEachAsync(left[false], side, AskAsync);

        async ValueTask AskAsync(int i, CancellationToken stop)
        {
            if (Volatile.Read(ref isHeld))
                return;
            var reply = route.Node is { } node
                ? await questions.AskAsync(node, route.Requests[i], attempt.Ticket, stop)
                : new Reply.Held($"{route.Key} is left alone for now, after it was overloaded or away");
            switch (reply)
            {
                case Reply.Good good:
                    route.MarkGood(i);
                    tally.WasGood(good.Answer.Body.Length, good.Took);
                    break;
                case Reply.Bad bad:
                    tally.WasBad(bad.Url, bad.Why);
                    break;
                case Reply.Held held:
                    tally.WasHeld(held.Reason);
                    Volatile.Write(ref isHeld, true);
                    break;
            }

            await notes.WriteIfDueAsync(stop);
        }
    }

    private Outcome Verdict(Tally tally, Itinerary? itinerary)
    {
        if (tally.Bad > 0)
        {
            var reason = string.Create(CultureInfo.InvariantCulture, $"{tally.Bad} of {itinerary?.Requested ?? tally.Bad} requests were answered badly, first {tally.Reason}");
            return tally.MayPass || tally.Held is not null ? new Outcome.Failed(reason) : new Outcome.Hopeless(Fault.Failed, reason);
        }

        if (tally.Held is { } held)
            return new Outcome.NotYet(held) { Pause = PauseAfter(time.GetUtcNow(), Random.Shared.NextDouble()) };
        return new Outcome.Warmed(string.Create(
            CultureInfo.InvariantCulture, $"{itinerary!.Requested} requests, {tally.Bytes / 1e6:0.0} MB, slowest {tally.Slowest.TotalMilliseconds:0} ms"));
    }

    /// <summary>Until the first node may be asked again; apart, so that all that wait for it don't come together.</summary>
    private TimeSpan PauseAfter(DateTimeOffset now, double random)
    {
        var soonest = servers.All.SelectMany(c => c.Nodes).Min(n => n.PausedUntil) is { } until ? until - now : TimeSpan.Zero;
        return TimeSpan.FromTicks(Math.Clamp(soonest.Ticks, ShortestPause.Ticks, LongestPause.Ticks)) * (1 + random / 2);
    }
}
