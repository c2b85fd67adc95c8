using Understudy.Scavenging.Replay;

namespace Understudy.Bench.Evict;

/// <summary>A trace, and how the report calls it.</summary>
internal sealed record Demand(string Name, ITrace Trace)
{
    /// <summary>Readers alone; with crawlers; with crawlers where few works are wanted by most.</summary>
    public static IReadOnlyList<Demand> Generated(int seed, double scale, double? churn = null) =>
        [.. from kind in new[] { (Zipf: 0.8, Crawled: 0.0), (Zipf: 0.8, Crawled: 0.2), (Zipf: 1.0, Crawled: 0.2) }
            let usual = new GeneratedDemand { Seed = seed }
            let sized = usual with { Zipf = kind.Zipf, Crawled = kind.Crawled, Books = (int)(usual.Books * scale), Singles = (int)(usual.Singles * scale), Uses = (int)(usual.Uses * scale) }
            select new Demand(
                FormattableString.Invariant($"a = {kind.Zipf:0.0}{(kind.Crawled > 0 ? " + crawlers" : "")}"),
                sized with { Churn = churn ?? usual.Churn })];
}
