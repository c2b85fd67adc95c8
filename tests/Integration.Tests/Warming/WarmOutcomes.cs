using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Understudy.Integration.Tests.Warming;

/// <summary>What the metrics say of the answers of one node.</summary>
internal sealed class WarmOutcomes : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _outcomes = new();

    public WarmOutcomes(string node)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "understudy.warm.requests")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value as string);
            if (named["node"] == node)
                _outcomes.AddOrUpdate(named["outcome"]!, count, (_, before) => before + count);
        });
        _listener.Start();
    }

    public ICollection<string> Names => _outcomes.Keys;

    public long this[string outcome] => _outcomes.GetValueOrDefault(outcome);

    public void Dispose() => _listener.Dispose();
}
