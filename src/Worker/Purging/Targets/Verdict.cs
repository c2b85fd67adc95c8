namespace Understudy.Purging.Targets;

/// <summary>What a look at a target showed.</summary>
internal abstract record Verdict
{
    /// <param name="Remark">What could not be told apart; null: all could.</param>
    public sealed record Clean(string? Remark = null) : Verdict;

    /// <param name="Reason">What it shows, against what it should.</param>
    public sealed record Stale(string Reason) : Verdict;

    /// <summary>It can't be told: the node doesn't answer, or not to this.</summary>
    public sealed record Away(string Reason) : Verdict;
}
