namespace Understudy.Scavenging.Policies;

/// <summary>
/// A policy that the catalogue can follow. What it remembers of an asset is one number, kept when the copy goes; from it comes one number
/// of the copy, and the lowest goes first. Neither changes while nobody uses the asset, so an index holds the order; and uses only
/// raise them, so a score that is out of date is too low: whoever takes the lowest finds out by looking once more.
/// </summary>
internal interface IScoredPolicy : IEvictionPolicy
{
    /// <param name="memory">What it remembered so far; −∞ where nothing.</param>
    double Remember(double memory, double at);

    double Score(double memory, double copiedAt, long bytes);

    IEvictionOrder IEvictionPolicy.Begin(long capacity) => new ScoredOrder(this);
}
