using Understudy.Bench.Measuring;
using Understudy.Scavenging.Replay;

namespace Understudy.Bench.Evict;

internal sealed record EvictResults(Machine Machine)
{
    public List<DemandResults> Demands { get; } = [];

    public List<HalfLifeRow> HalfLives { get; } = [];

    public double Seconds { get; set; }

    public List<string> Failures { get; } = [];
}

/// <param name="Figures">At the low mark.</param>
/// <param name="Marked">With other low marks, and with the grace period.</param>
internal sealed record DemandResults(
    string Name, long Uses, int Assets, long Footprint, double UsedOnce, IReadOnlyList<long> Sizes, IReadOnlyList<StoreFigures> Figures, IReadOnlyList<StoreFigures> Marked);

/// <param name="Stall">By store size.</param>
internal sealed record HalfLifeRow(string Demand, double Churn, string Policy, IReadOnlyList<double> Stall);
