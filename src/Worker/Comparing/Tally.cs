namespace Understudy.Comparing;

/// <summary>What one server answered in one pass. Thread-safe for adding single samples.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly List<Sample> _samples = [];

    /// <summary>While requests were under way.</summary>
    public TimeSpan Took { get; set; }

    public IReadOnlyList<Sample> Samples => _samples;

    public void Add(Sample sample)
    {
        lock (_lock)
            _samples.Add(sample);
    }

    public void Add(Tally other)
    {
        _samples.AddRange(other._samples);
        Took += other.Took;
    }

    public int Good => _samples.Count(s => s.Bad is null);

    public long Bytes => _samples.Sum(s => s.Bytes);

    /// <summary>The worst kinds first, each with one that shows it.</summary>
    public IReadOnlyList<(string Kind, int Count, Sample Example)> Errors =>
        [.. _samples.Where(s => s.Bad is not null).GroupBy(s => s.Bad!.Name).Select(g => (g.Key, g.Count(), g.First())).OrderByDescending(e => e.Item2)];

    public double RequestsPerSecond => PerSecond(_samples.Count);

    public double BytesPerSecond => PerSecond(Bytes);

    /// <summary>Of good answers: how fast an error comes is nobody's wish.</summary>
    public TimeSpan? Latency(double percentile) => Percentile(s => s.Latency, percentile);

    public TimeSpan? FirstByte(double percentile) => Percentile(s => s.FirstByte, percentile);

    // The nearest rank: a value that really was.
    private TimeSpan? Percentile(Func<Sample, TimeSpan> of, double percentile)
    {
        var good = _samples.Where(s => s.Bad is null).Select(of).Order().ToArray();
        return good.Length == 0 ? null : good[Math.Max(0, (int)Math.Ceiling(good.Length * percentile) - 1)];
    }

    private double PerSecond(double what) => Took > TimeSpan.Zero ? what / Took.TotalSeconds : 0;
}
