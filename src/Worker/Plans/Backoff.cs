namespace Understudy.Plans;

/// <summary>Exponential with equal jitter: half of the pause is certain, half is random, so that what failed together doesn't return together.</summary>
internal static class Backoff
{
    /// <param name="attempts">Failed attempts so far, from 1.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan After(int attempts, TimeSpan first, TimeSpan longest, double random)
    {
        var pause = first * Math.Pow(2, Math.Clamp(attempts - 1, 0, 40));
        if (pause > longest)
            pause = longest;
        return pause / 2 + pause / 2 * random;
    }
}
