namespace Understudy.Plans;

/// <summary>Exponential with equal jitter: half of the pause is certain, half is random, so that what failed together doesn't return together.</summary>
internal static class Backoff
{
    /// <param name="attempts">Failed attempts so far, from 1.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan After(int attempts, TimeSpan first, TimeSpan longest, double random)
    {
        // As numbers: a TimeSpan overflows before a hundred doublings are done.
        var pause = Math.Min(first.Ticks * Math.Pow(2, attempts - 1), longest.Ticks);
        return TimeSpan.FromTicks((long)(pause / 2 + pause / 2 * random));
    }
}
