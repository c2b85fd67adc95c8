using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

/// <summary>
/// A source and the path to it, as a model in steps of a millisecond: a first-byte wait, a pace that each connection is
/// held to, a pace that all share, a number of connections above which new ones are throttled. The same numbers each run.
/// </summary>
internal sealed class ModelServer(FlowOptions options, int seed = 17)
{
    private const double Step = 0.001;

    private readonly Random _noise = new(seed);
    private readonly List<Fetch> _active = [];
    private double _now;

    private sealed class Fetch(double started, double firstByteAt, double size, bool throttled)
    {
        public double Started => started;
        public double FirstByteAt => firstByteAt;
        public double Size { get; } = size;
        public bool Throttled => throttled;
        public double Left { get; set; } = size;
    }

    public double BytesPerSecond { get; init; } = double.PositiveInfinity;
    public double BytesPerSecondAndConnection { get; init; } = 90e6;

    /// <summary>By the number of connections under way, this one included.</summary>
    public Func<int, double> FirstByteSeconds { get; set; } = _ => 0.030;
    public double FirstByteNoise { get; init; } = 0.3;
    public int ThrottlesAbove { get; init; } = int.MaxValue;

    /// <summary>The next fetch's size, by the time; null when there is nothing to do.</summary>
    public Func<double, long?> Work { get; set; } = _ => 8 << 20;

    public ConcurrencyLimit Limit { get; } = new(options);
    public List<(double At, int Limit)> Changes { get; } = [];
    public List<double> ThrottledAt { get; } = [];
    public double Seconds => _now;
    public double Bytes { get; private set; }
    public bool IsIdle => _active.Count == 0;

    public ModelServer Run(double seconds, Func<bool>? until = null)
    {
        for (var end = _now + seconds; _now < end && !(until?.Invoke() ?? false); _now += Step)
        {
            Start();
            Advance();
        }

        return this;
    }

    /// <summary>The limit's mean over the last seconds, by time.</summary>
    public double MeanLimit(double last) => Limits(last).Average();

    public IEnumerable<int> Limits(double last)
    {
        for (var at = _now - last; at < _now; at += 0.05)
            yield return Changes.Last(c => c.At <= at).Limit;
    }

    private void Start()
    {
        if (Changes.Count == 0 || Changes[^1].Limit != Limit.Current)
            Changes.Add((_now, Limit.Current));
        while (_active.Count < Limit.Current && Work(_now) is { } size)
        {
            var wait = FirstByteSeconds(_active.Count + 1) * (1 + FirstByteNoise * (2 * _noise.NextDouble() - 1));
            _active.Add(new Fetch(_now, _now + wait, size, _active.Count >= ThrottlesAbove));
        }
    }

    private void Advance()
    {
        var flowing = _active.Count(f => f.FirstByteAt <= _now && !f.Throttled);
        var pace = Math.Min(BytesPerSecondAndConnection, BytesPerSecond / Math.Max(1, flowing));
        for (var i = _active.Count - 1; i >= 0; i--)
        {
            var fetch = _active[i];
            if (fetch.FirstByteAt > _now)
                continue;
            fetch.Left -= pace * Step;
            if (fetch.Left <= 0 || fetch.Throttled)
                End(fetch);
        }
    }

    private void End(Fetch fetch)
    {
        var outcome = fetch.Throttled ? FetchOutcome.Throttled : FetchOutcome.Ok;
        if (fetch.Throttled)
            ThrottledAt.Add(_now);
        else
            Bytes += fetch.Size;
        Limit.Finished(new FetchSample(
            TimeSpan.FromSeconds(fetch.Started), TimeSpan.FromSeconds(_now), TimeSpan.FromSeconds(fetch.FirstByteAt - fetch.Started),
            (long)fetch.Size, _active.Count, outcome));
        _active.Remove(fetch);
        // The gate grants the place at once, within the same instant.
        Start();
    }
}
