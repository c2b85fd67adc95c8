namespace Understudy.Scavenging.Policies;

internal sealed class FirstInFirstOut : IScoredPolicy
{
    public string Name => "fifo";

    public double Remember(double memory, double at) => memory;

    public double Score(double memory, double copiedAt, long bytes) => copiedAt;
}
