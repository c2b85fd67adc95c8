namespace Understudy.Schedules;

/// <summary>How far a run is.</summary>
internal sealed record RunNote(string? Checkpoint, string? Progress, double? Fraction);
