namespace Understudy.Schedules;

/// <summary>What is to be done about a schedule at this moment. Pure: whoever asks brings the time.</summary>
internal abstract record Due
{
    private Due()
    {
    }

    public sealed record Nothing : Due;

    /// <summary>Its times are others than before, or it has none any more: this is the next.</summary>
    public sealed record Plan(DateTimeOffset? Next, string? By) : Due;

    /// <param name="At">When it was due.</param>
    /// <param name="Next">When it is next.</param>
    public sealed record Begin(DateTimeOffset At, DateTimeOffset? Next) : Due;

    /// <summary>
    /// A run that is under way is waited for. However many times went by since, while it ran or while nobody was there, they are
    /// one run, begun at once; one that was asked for, or cut short, goes along with it.
    /// </summary>
    public static Due Of(ScheduleRow row, Timing timing, DateTimeOffset now)
    {
        if (row.Worker is not null)
            return new Nothing();
        var by = timing.Enabled ? timing.Cron.ToString() : null;
        if (row.NextBy != by)
            return new Plan(timing.Enabled ? timing.Cron.Next(now) : null, by);
        if (timing.Enabled && row.NextAt <= now)
            return new Begin(row.NextAt.Value, timing.Cron.Next(now));
        return row.AskedAt is { } asked && (row.AskedManual || timing.Enabled) ? new Begin(asked, row.NextAt) : new Nothing();
    }
}
