using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>
/// Made-up demand of the shape that digital collections report: few works are wanted much (Zipf), readers walk pages, what is wanted changes slowly,
/// some assets are used once and never again, and crawlers walk whole books. Nothing but the seed makes two of them differ.
/// </summary>
internal sealed record GeneratedDemand : ITrace
{
    public required int Seed { get; init; }

    public int Books { get; init; } = 4_000;

    public int Singles { get; init; } = 60_000;

    public int Uses { get; init; } = 2_000_000;

    public double Days { get; init; } = 90;

    /// <summary>The work of rank n is wanted 1 ÷ n^this as often as the first.</summary>
    public double Zipf { get; init; } = 0.8;

    /// <summary>Share of uses that are crawlers'.</summary>
    public double Crawled { get; init; }

    /// <summary>Share of uses that are the only one of an asset.</summary>
    public double Once { get; init; } = 0.01;

    /// <summary>Share of works whose rank changes in a day.</summary>
    public double Churn { get; init; } = 0.005;

    public IEnumerable<Use> Read() => new DemandStream(this).Read();
}
