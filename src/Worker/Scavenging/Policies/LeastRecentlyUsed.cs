namespace Understudy.Scavenging.Policies;

internal sealed class LeastRecentlyUsed : IScoredPolicy
{
    public string Name => "lru";

    public double Remember(double memory, double at) => Math.Max(memory, at);

    public double Score(double memory, double copiedAt, long bytes) => memory;
}
