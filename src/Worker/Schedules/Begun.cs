namespace Understudy.Schedules;

/// <summary>A run that this worker has taken.</summary>
internal sealed record Begun(string Name, long Run, Guid Worker, DateTimeOffset Due, string? Checkpoint, bool IsManual, string? By);
