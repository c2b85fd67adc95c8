namespace Understudy.Warming.Flow;

/// <summary>What is under way at one node, and whether it may have another request now. Pure: the time is passed in. Not thread-safe.</summary>
internal sealed class NodeState(WarmingFlowOptions options)
{
    // An overview can take a minute; the next look at the server shall not be ten minutes away.
    private const double LongestRestSeconds = 30;

    private readonly Room _room = new(options.Concurrency, options.PixelsInFlight);
    private readonly Congestion _congestion = new(options.Concurrency);
    private readonly Breaker _breaker = new();

    /// <summary>Where less than one request at a time is permitted, the next has to wait until then.</summary>
    public TimeSpan RestsUntil { get; private set; } = TimeSpan.MinValue;

    public int Requests => _room.Requests;

    public long Pixels => _room.Pixels;

    /// <summary>This worker's share of what the node bears; below one there are rests between its requests.</summary>
    public double Permitted => Math.Min(_congestion.Permitted, (double)options.Concurrency / _room.Sharers);

    public void ShareWith(int workers) => _room.Sharers = workers;

    public long Pauses => _breaker.Pauses;

    public TimeSpan? PausedUntil(TimeSpan now) => _breaker.PausedUntil(now);

    public bool MayStart(long pixels, TimeSpan now) =>
        now >= RestsUntil && _breaker.MayStart(now) && _room.Has(pixels, Math.Max(1, (int)Permitted));

    /// <returns>Whether it is the probe after a pause, which <see cref="Finished"/> has to be told.</returns>
    public bool Start(long pixels)
    {
        _room.Enter(pixels);
        return _breaker.Start();
    }

    public void Finished(long pixels, bool probe, in TurnReport report, TimeSpan started, TimeSpan now, double random)
    {
        _room.Leave(pixels);
        _congestion.Finished(pixels, report, started, now);
        _breaker.Finished(probe, report, now, random);
        if (report.Kind != AnswerKind.Cancelled && Permitted < 1)
            Rest(report.Latency, now);
    }

    // Half a request at a time is one request, and then as long again nothing.
    private void Rest(TimeSpan latency, TimeSpan now)
    {
        RestsUntil = now + TimeSpan.FromSeconds(Math.Min(LongestRestSeconds, latency.TotalSeconds * (1 / Permitted - 1)));
    }
}
