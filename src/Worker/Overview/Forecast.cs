namespace Understudy.Overview;

/// <summary>When the store will be full if it goes on as it did. Pure.</summary>
internal static class Forecast
{
    /// <summary>Of growth over a shorter time nothing follows.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromHours(6);

    /// <summary>Growth of how long ago counts.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private const double MostDays = 3650;

    /// <param name="limit">Bytes at which it counts as full.</param>
    /// <returns>null: it doesn't grow, isn't known for long enough, or won't be full within ten years. The past is none: it is full now then.</returns>
    public static DateTimeOffset? FullAt((DateTimeOffset At, long Used) then, (DateTimeOffset At, long Used) now, long limit)
    {
        var span = now.At - then.At;
        var grown = now.Used - then.Used;
        if (now.Used >= limit)
            return now.At;
        if (span < Shortest || grown <= 0)
            return null;
        var days = (limit - now.Used) / (grown / span.TotalDays);
        return days <= MostDays ? now.At.AddDays(days) : null;
    }
}
