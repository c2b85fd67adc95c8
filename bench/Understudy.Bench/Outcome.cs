namespace Understudy.Bench;

/// <summary>What a benchmark hands back, and where it is to go.</summary>
/// <param name="Figures">Every single one, for <paramref name="Json"/>.</param>
internal sealed record Outcome(string Page, object Figures, IReadOnlyList<string> Failures, string? Out, string? Json);
