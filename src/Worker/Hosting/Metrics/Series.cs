namespace Understudy.Hosting.Metrics;

/// <summary>One line (or, for a histogram, one block) of the page. Safe to record into and to read at the same time.</summary>
internal abstract class Series(string labels)
{
    /// <summary>As printed between the braces: <c>method="GET",route="/x"</c>.</summary>
    public string Labels { get; } = labels;

    public abstract void Record(double value);
}

/// <summary>Counters and up-down counters: the sum of what was recorded.</summary>
internal sealed class SumSeries(string labels) : Series(labels)
{
    private double _sum;

    public double Value => Volatile.Read(ref _sum);

    public override void Record(double value)
    {
        var seen = Volatile.Read(ref _sum);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _sum, seen + value, seen);
            if (before.Equals(seen))
                return;
            seen = before;
        }
    }
}

/// <summary>Gauges and everything that is observed: the last value.</summary>
internal sealed class LastSeries(string labels) : Series(labels)
{
    private double _last;

    public double Value => Volatile.Read(ref _last);

    public override void Record(double value) => Volatile.Write(ref _last, value);
}

internal sealed class HistogramSeries(string labels, double[] bounds) : Series(labels)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly Lock _lock = new();
    private double _sum;

    public override void Record(double value)
    {
        // A bucket holds what is less than or equal to its bound; the last one the rest.
        var index = Array.BinarySearch(bounds, value);
        var bucket = index < 0 ? ~index : index;
        lock (_lock)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <summary>Counts a bucket (not cumulative) and the sum that belongs to exactly these.</summary>
    public (long[] Counts, double Sum) Read()
    {
        lock (_lock)
            return ([.. _counts], _sum);
    }
}
