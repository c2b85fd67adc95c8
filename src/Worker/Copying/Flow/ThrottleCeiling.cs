namespace Understudy.Copying.Flow;

/// <summary>
/// Remembers where the source throttled, so that the limit climbs back to just below it and stays there for a while,
/// in place of running into it every other second. Not thread-safe.
/// </summary>
internal sealed class ThrottleCeiling
{
    private const double JustBelow = 0.85;
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(2);

    private int _ceiling = int.MaxValue;
    private TimeSpan _hold = ShortestHold;
    private TimeSpan _until = TimeSpan.MinValue;

    public int At(TimeSpan now) => now < _until ? _ceiling : int.MaxValue;

    /// <param name="limit">The limit that was too much.</param>
    /// <param name="now">When it was found to be.</param>
    public void Throttled(int limit, TimeSpan now)
    {
        _ceiling = Math.Max(1, (int)(limit * JustBelow));
        _until = now + _hold;
        _hold = _hold * 2 < LongestHold ? _hold * 2 : LongestHold;
    }

    /// <summary>More connections than that went well for a whole window.</summary>
    public void Passed(int limit)
    {
        if (limit > _ceiling)
            (_ceiling, _hold) = (int.MaxValue, ShortestHold);
    }
}
