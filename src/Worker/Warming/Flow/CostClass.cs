using System.Numerics;

namespace Understudy.Warming.Flow;

/// <summary>Requests that should take about as long as each other, and whether they take longer than they used to. Pure. Not thread-safe.</summary>
internal sealed class CostClass
{
    // In answers. The mean of the logarithms, so that one straggler weighs little.
    private const int Recent = 8;

    // So that hits among them are seen before they are counted.
    private const int First = 16;

    // Twice the floor and a bit: images differ that much, and the floor is the least of many means.
    private const double Tolerance = 2;
    private const double SlackSeconds = 0.02;

    // In octaves. Nothing that is computed takes a quarter of the least mean; it came out of a cache.
    private const double FarBelow = 2;

    // Of the latest answers, or so; fewer computed ones for ten minutes, and perhaps they are the odd ones: the server became faster.
    private const int Latest = 64;
    private const double FewComputed = 1.0 / 8;

    private CacheHits _hits = new();
    private LatencyFloor _floor = new();
    private double _recent;
    private double _fastest = double.PositiveInfinity;
    private int _count;
    private double _computed = 1;
    private TimeSpan? _lastNormal;

    public static int Of(long pixels) => BitOperations.Log2((ulong)Math.Max(1, pixels));

    /// <returns>
    /// What the concurrency should be multiplied by so that the latency comes back to what is tolerated, at most 1;
    /// null where the answer says nothing: a hit of the cache, or one of the first.
    /// </returns>
    public double? Gradient(TimeSpan latency, TimeSpan started, TimeSpan now)
    {
        var octaves = Math.Log2(Math.Max(latency.TotalSeconds, 1e-4));
        _hits.Learn(octaves, started, now);
        if (_fastest < _hits.Below)
            LearnAnew(); // Hits were counted in.
        var hit = octaves < _hits.Below || octaves < _floor.Least - FarBelow;
        if (IsFaster(hit, now))
            (_hits, hit) = (new CacheHits(), false);
        if (hit)
            return null;

        _fastest = Math.Min(_fastest, octaves);
        _recent += (octaves - _recent) / Math.Min(++_count, Recent);
        if (_count < First)
            return null;
        _floor.Add(_recent, now);
        return Math.Min(1, (Tolerance * Math.Pow(2, _floor.Least!.Value) + SlackSeconds) / Math.Pow(2, _recent));
    }

    private bool IsFaster(bool hit, TimeSpan now)
    {
        _computed += ((hit ? 0 : 1) - _computed) / Latest;
        if (_computed >= FewComputed || _lastNormal is null)
            _lastNormal = now;
        if (now - _lastNormal < LatencyFloor.Memory)
            return false;
        LearnAnew();
        return true;
    }

    private void LearnAnew() => (_floor, _fastest, _count, _computed, _lastNormal) = (new LatencyFloor(), double.PositiveInfinity, 0, 1, null);
}
