namespace Understudy.Warming.Flow;

/// <summary>The least of what was seen lately: at least ten minutes back, at most twenty. So what lasts becomes normal. Pure. Not thread-safe.</summary>
internal sealed class LatencyFloor
{
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private double? _former;
    private double? _current;
    private TimeSpan _since;

    /// <summary>null where nothing was seen yet.</summary>
    public double? Least => _former < _current ? _former : _current;

    public void Add(double latency, TimeSpan now)
    {
        if (_current is null || now - _since >= Memory)
            (_former, _current, _since) = (_current, latency, now);
        _current = Math.Min(_current.Value, latency);
    }
}
