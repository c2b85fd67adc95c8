using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Understudy.Hosting.Metrics;

/// <summary>Listens to the chosen meters from the start of the process's host to its end, and prints them as one page.</summary>
internal sealed partial class MetricsCollector : IDisposable
{
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _page = new();
    private readonly MetricsOptions _options;
    private readonly ILogger<MetricsCollector> _logger;

    public MetricsCollector(MetricsOptions options, ILogger<MetricsCollector> logger)
    {
        (_options, _logger) = (options, logger);
        _listener.InstrumentPublished = Published;
        _listener.MeasurementsCompleted = Completed;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Record(family, (double)value, tags));
        _listener.Start();
    }

    /// <summary>The page in Prometheus's text format. Scrapes at the same time wait for each other.</summary>
    public string Print()
    {
        lock (_page)
        {
            foreach (var family in _families.Values.Where(f => f.Observed))
                family.Forget();
            Observe();
            return PrometheusPage.Print(_families.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((Family)family!).Record(value, tags);

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException failures)
        {
            // The listener asks all instruments before it throws; one bad gauge must not blank the page.
            foreach (var failure in failures.InnerExceptions)
                Log.GaugeFailed(_logger, failure);
        }
    }

    private void Published(Instrument instrument, MeterListener listener)
    {
        if (!_options.Meters.Contains(instrument.Meter.Name, StringComparer.OrdinalIgnoreCase))
            return;
        var fresh = new Family(instrument, _options.MaxSeries);
        var family = _families.GetOrAdd(fresh.Name, fresh);
        if (family.Kind != fresh.Kind || family.Observed != fresh.Observed)
        {
            Log.NameTaken(_logger, instrument.Meter.Name, instrument.Name, family.Name);
            return;
        }

        family.Join();
        listener.EnableMeasurementEvents(instrument, family);
    }

    private void Completed(Instrument instrument, object? state)
    {
        if (state is Family family && family.Leave() == 0)
            _families.TryRemove(new(family.Name, family));
    }

    private static partial class Log
    {
        [LoggerMessage(140, LogLevel.Warning, "An observed metric could not be read")]
        public static partial void GaugeFailed(ILogger logger, Exception exception);

        [LoggerMessage(141, LogLevel.Warning, "Instrument {Instrument} of meter {Meter} is not shown: another kind of instrument is named {Name} already")]
        public static partial void NameTaken(ILogger logger, string meter, string instrument, string name);
    }
}
