namespace Understudy.Warming.Flow;

/// <summary>
/// Tells answers out of the server's cache from computed ones, by nothing but their latencies. Pure. Not thread-safe.
/// </summary>
/// <remarks>
/// Both a cache and a load make for fast and slow answers. But load comes and goes as a whole, and passes through what is
/// between; hits and misses alternate, be it tile by tile or asset by asset, with hardly anything between them. So fast ones
/// are hits where the latest answers fall into two sorts far apart, and fast and slow have changed places several times (runs,
/// as Wald and Wolfowitz count them). In octaves, as all here: log2 of seconds.
/// </remarks>
internal sealed class CacheHits
{
    private const int Most = 64;
    private const int Least = 16;

    // Of each sort; two stragglers are no sort.
    private const int LeastOfEach = 3;

    // Factor 4: images of one size hardly differ so much in a server that has nothing else to do.
    private const double Gap = 2;

    // That many may lie in the gap: hits for which a disk was slow.
    private const int Stragglers = 2;

    // Load that came and went and came again.
    private const int FewestRuns = 5;

    private readonly Queue<double> _latest = new(Most);

    /// <summary>What is faster is a hit.</summary>
    public double Below { get; private set; } = double.NegativeInfinity;

    public void Learn(double latency)
    {
        if (_latest.Count == Most)
            _latest.Dequeue();
        _latest.Enqueue(latency);
        // Twice the slowest hit, not the middle of the gap: where load makes the misses slower, they stay misses when it has gone.
        if (_latest.Count >= Least && SlowestFast() is { } fast && Runs(fast) >= FewestRuns)
            Below = fast + 1;
    }

    private double? SlowestFast()
    {
        var sorted = _latest.Order().ToArray();
        var (widest, slowestFast) = (Gap, (double?)null);
        for (var i = LeastOfEach - 1; i + Stragglers + LeastOfEach < sorted.Length; i++)
        {
            if (sorted[i + 1 + Stragglers] - sorted[i] is var gap && gap >= widest)
                (widest, slowestFast) = (gap, sorted[i]);
        }

        return slowestFast;
    }

    private int Runs(double slowestFast)
    {
        var (runs, wasFast) = (0, (bool?)null);
        foreach (var latency in _latest)
        {
            runs += latency <= slowestFast == wasFast ? 0 : 1;
            wasFast = latency <= slowestFast;
        }

        return runs;
    }
}
