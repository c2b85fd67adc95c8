using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>Who said last when a job runs.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ScheduleSource>))]
public enum ScheduleSource
{
    Default,
    Configuration,
    Api,
}

/// <summary>What came of a run of a job. The names are stored in the catalogue.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RunOutcome>))]
public enum RunOutcome
{
    Done,
    Failed,

    /// <summary>Its time was up; the next run goes on.</summary>
    Unfinished,

    /// <summary>Its worker stopped or died; it was begun again at once.</summary>
    CutShort,

    /// <summary>Somebody wanted it stopped.</summary>
    Stopped,
}

/// <summary>A job and when it runs.</summary>
/// <param name="Cron">Minute, hour, day, month, weekday.</param>
/// <param name="Next">The next five times; empty while it is off.</param>
/// <param name="Running">The run that is under way.</param>
/// <param name="Last">The last one that ended.</param>
/// <param name="Wanted">A run is wanted at once, and begins within a second if there is a worker.</param>
/// <param name="HasCheckpoint">The next run goes on where an earlier one ended.</param>
/// <param name="SucceededAt">When a run was last done; before the first: since when the job is known.</param>
public sealed record ScheduleView(
    string Name,
    string Description,
    string Cron,
    string TimeZone,
    bool Enabled,
    ScheduleSource Source,
    string? ChangedBy,
    DateTimeOffset? ChangedAt,
    IReadOnlyList<DateTimeOffset> Next,
    bool Wanted,
    bool HasCheckpoint,
    ScheduleRunView? Running,
    ScheduleRunView? Last,
    DateTimeOffset SucceededAt)
{
    /// <summary>The cron in words, such as <c>every day at 03:15</c>, by the clocks of the time zone; null where that takes more than a few.</summary>
    public string? InWords { get; init; }
}

/// <summary>One run of a job.</summary>
/// <param name="DueAt">May be long before it began: missed runs are caught up once.</param>
/// <param name="Seconds">How long it took, or takes by now.</param>
/// <param name="Manual">Asked for, by <paramref name="By"/> where keys have names.</param>
/// <param name="Fraction">0 to 1; null where nobody knows.</param>
public sealed record ScheduleRunView(
    long Id,
    DateTimeOffset DueAt,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    double Seconds,
    RunOutcome? Outcome,
    string? Note,
    string Node,
    bool Manual,
    string? By,
    string? Progress,
    double? Fraction);

/// <summary>Changes a schedule; what is null stays as it is.</summary>
public sealed record ScheduleChange(string? Cron = null, string? TimeZone = null, bool? Enabled = null);
