namespace Understudy.Schedules;

/// <summary>The time by which runs are due: PostgreSQL's, for workers' clocks differ.</summary>
internal delegate Task<DateTimeOffset> Clock(CancellationToken cancel);
