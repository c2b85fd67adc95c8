namespace Understudy.Purging.Targets;

/// <summary>One after the other, a few at a time. Once a target is away the rest aren't tried: each would wait for a time-out of its own.</summary>
internal static class Each
{
    public static async Task<IReadOnlyList<PurgeReply>> OfAsync<T>(IReadOnlyList<T> items, int atOnce, Func<T, CancellationToken, Task<PurgeReply>> purge, CancellationToken cancel)
    {
        var replies = new PurgeReply[items.Count];
        PurgeReply.NotYet? away = null;
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel }, async (i, stop) =>
        {
            replies[i] = Volatile.Read(ref away) ?? await purge(items[i], stop);
            if (replies[i] is PurgeReply.NotYet { IsAway: true } now)
                Volatile.Write(ref away, now);
        });
        return replies;
    }
}
