namespace Understudy.Schedules;

/// <summary>A schedule as the catalogue has it.</summary>
/// <param name="Cron">As the API set it; null: as configured. <paramref name="Zone"/> and <paramref name="Enabled"/> alike.</param>
/// <param name="NextBy">The cron and zone that <paramref name="NextAt"/> was found by.</param>
/// <param name="AskedAt">A run that is wanted at once: asked for, or due then and cut short.</param>
/// <param name="Worker">Whose the run is that is under way.</param>
internal sealed record ScheduleRow(
    string Name, string? Cron, string? Zone, bool? Enabled, string? ChangedBy, DateTimeOffset? ChangedAt,
    DateTimeOffset? NextAt, string? NextBy, DateTimeOffset? AskedAt, bool AskedManual, string? AskedBy,
    Guid? Worker, long? Run, bool StopAsked, string? Checkpoint, DateTimeOffset SucceededAt);
