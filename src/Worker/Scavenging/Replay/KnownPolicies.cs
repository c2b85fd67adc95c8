using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>What can be replayed, by name; the default policy first.</summary>
internal static class KnownPolicies
{
    public static readonly IReadOnlyList<string> Names = ["worth", "gdsf", "s3-fifo", "lru", "fifo", "belady", Replaying.BoundName];

    /// <param name="names">Some of <see cref="Names"/>.</param>
    /// <param name="grace">Where the catalogue could follow the policy: the others are as published.</param>
    public static (IReadOnlyList<IEvictionPolicy> Policies, bool WithBound) Create(IReadOnlyList<string> names, Survey survey, TimeSpan grace) =>
        ([.. names.Where(n => n != Replaying.BoundName).Select(n => Create(n, survey) is var policy && policy is IScoredPolicy scored ? new WithGrace(scored, grace.TotalSeconds) : policy)],
         names.Contains(Replaying.BoundName));

    private static IEvictionPolicy Create(string name, Survey survey) => name switch
    {
        "worth" => new ByWorth(),
        "gdsf" => new Gdsf(name, _ => 1),
        "s3-fifo" => new S3Fifo(),
        "lru" => new LeastRecentlyUsed(),
        "fifo" => new FirstInFirstOut(),
        "belady" => new Belady(survey.Next),
        _ => throw new ArgumentException($"there is no policy '{name}'", nameof(name)),
    };
}
