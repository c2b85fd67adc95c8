namespace Understudy.Warming.Flow;

/// <summary>
/// Tells answers out of the server's cache from computed ones, by nothing but when and how fast they came. Pure. Not thread-safe.
/// </summary>
/// <remarks>
/// A cache and a load both make for two sorts of answers, fast and slow, far apart. But load doesn't come and go within two
/// seconds, while hits and misses do, tile by tile or asset by asset. So the fast sort are hits where fast and slow have often
/// taken turns so quickly. Latencies are in octaves: log2 of seconds.
/// </remarks>
internal sealed class CacheHits
{
    private const int Most = 128;
    private const int Least = 16;

    // Of each sort; two stragglers are no sort.
    private const int LeastOfEach = 3;

    // Factor 4: images of one size hardly differ so much in a server that has nothing else to do.
    private const double Gap = 2;

    // That many may lie in the gap: hits for which a disk was slow.
    private const int Stragglers = 2;

    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(2);
    private const int QuickTurns = 4;

    private readonly Queue<Answer> _latest = new(Most);

    private readonly record struct Answer(double Octaves, TimeSpan Started, TimeSpan Ended);

    /// <summary>What is faster is a hit.</summary>
    public double Below { get; private set; } = double.NegativeInfinity;

    public void Learn(double octaves, TimeSpan started, TimeSpan ended)
    {
        if (_latest.Count == Most)
            _latest.Dequeue();
        _latest.Enqueue(new Answer(octaves, started, ended));
        // Twice the slowest hit, not the middle of the gap: where load makes the misses slower, they stay misses when it has gone.
        if (_latest.Count >= Least && SlowestFast() is { } fast && CountQuickTurns(fast) >= QuickTurns)
            Below = fast + 1;
    }

    private double? SlowestFast()
    {
        var sorted = _latest.Select(a => a.Octaves).Order().ToArray();
        var (widest, slowestFast) = (Gap, (double?)null);
        for (var i = LeastOfEach - 1; i + Stragglers + LeastOfEach < sorted.Length; i++)
        {
            if (sorted[i + 1 + Stragglers] - sorted[i] is var gap && gap >= widest)
                (widest, slowestFast) = (gap, sorted[i]);
        }

        return slowestFast;
    }

    // How often some of one sort came between two of the other that were less than two seconds apart.
    private int CountQuickTurns(double slowestFast)
    {
        var turns = 0;
        Answer? former = null;
        TimeSpan? turned = null;
        foreach (var answer in _latest)
        {
            if (former is { } last && answer.Octaves <= slowestFast != last.Octaves <= slowestFast)
            {
                turns += answer.Started - turned < Quick ? 1 : 0;
                turned = last.Ended;
            }

            former = answer;
        }

        return turns;
    }
}
