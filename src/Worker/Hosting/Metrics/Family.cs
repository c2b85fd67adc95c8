using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Understudy.Hosting.Metrics;

/// <summary>
/// Every series of one name. Instruments that share it (a meter that is made twice) share the family as well, as the page may
/// have a name only once. Never holds more than <paramref name="maxSeries"/> tag sets; what comes after is counted and dropped.
/// </summary>
internal sealed class Family
{
    private readonly ConcurrentDictionary<LabelSet, Series> _byTags = new(LabelSet.Comparer.Instance);
    private readonly ConcurrentDictionary<LabelSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly SortedDictionary<string, Series> _byLabels = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly int _maxSeries;
    private readonly bool _adds;
    private readonly double[] _bounds;
    private long _dropped;
    private int _instruments;

    public Family(Instrument instrument, int maxSeries)
    {
        Kind = Instruments.Kind(instrument);
        Name = PrometheusName.Of(instrument.Name, instrument.Unit, Kind);
        Unit = PrometheusName.Unit(instrument.Unit, Kind);
        Help = instrument.Description;
        Observed = instrument.IsObservable;
        _adds = Instruments.Adds(instrument);
        _bounds = Kind == MetricKind.Histogram ? Instruments.Bounds(instrument) : [];
        _maxSeries = maxSeries;
        _lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    public MetricKind Kind { get; }

    public string? Unit { get; }

    public string? Help { get; }

    public bool Observed { get; }

    public IReadOnlyList<double> Bounds => _bounds;

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>One more instrument records here.</summary>
    public void Join() => Interlocked.Increment(ref _instruments);

    /// <returns>How many instruments still record here.</returns>
    public int Leave() => Interlocked.Decrement(ref _instruments);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One NaN would make a sum NaN for ever, and a counter that falls looks like a restart.
        if (!double.IsFinite(value) && Kind != MetricKind.Gauge || value < 0 && Kind == MetricKind.Counter)
            return;
        if (_lookup.TryGetValue(tags, out var series) || (series = Create(tags)) is not null)
            series.Record(value);
        else
            Interlocked.Increment(ref _dropped);
    }

    public IReadOnlyList<Series> Read()
    {
        lock (_lock)
            return [.. _byLabels.Values];
    }

    /// <summary>Forgets what was observed before, so that a label set which is observed no longer vanishes.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _byTags.Clear();
            _byLabels.Clear();
        }
    }

    private Series? Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (_lookup.TryGetValue(tags, out var existing))
                return existing;
            if (_byTags.Count >= _maxSeries)
                return null;
            // Different tags can print the same (1 and "1", a.b and a_b); they are one series then.
            var labels = Print(tags);
            if (!_byLabels.TryGetValue(labels, out var series))
                _byLabels[labels] = series = Kind == MetricKind.Histogram ? new HistogramSeries(labels, _bounds) : _adds ? new SumSeries(labels) : new LastSeries(labels);
            _lookup[tags] = series;
            return series;
        }
    }

    private static string Print(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            var clean = PrometheusName.Clean(name);
            // le is the histogram's own, and two leading underscores are Prometheus's.
            labels[clean is "le" or "" ? $"tag_{clean}" : clean] = value switch
            {
                bool flag => flag ? "true" : "false",
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => value?.ToString() ?? "",
            };
        }

        return string.Join(',', labels.Select(l => $"{l.Key}=\"{Escape(l.Value)}\""));
    }

    private static string Escape(string value) =>
        new StringBuilder(value).Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").ToString();
}
