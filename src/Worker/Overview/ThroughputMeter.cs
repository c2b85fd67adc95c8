using System.Diagnostics.Metrics;
using Understudy.Contracts;
using Understudy.Hosting;
using Understudy.Plans;

namespace Understudy.Overview;

/// <summary>What this process did, by its own metrics, so that nothing is counted twice in the code.</summary>
internal sealed class ThroughputMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _events, _copies, _bytes, _warmRequests, _purges, _evictions, _failures;

    public ThroughputMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == Telemetry.Meter && instrument is Counter<long>)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument.Name, value, tags));
        _listener.Start();
    }

    /// <summary>What was counted since the last time; whoever takes it has to keep it.</summary>
    public ThroughputSpan Take() => new(
        default, Interlocked.Exchange(ref _events, 0), Interlocked.Exchange(ref _copies, 0), Interlocked.Exchange(ref _bytes, 0), Interlocked.Exchange(ref _warmRequests, 0),
        Interlocked.Exchange(ref _purges, 0), Interlocked.Exchange(ref _evictions, 0), Interlocked.Exchange(ref _failures, 0));

    public void GiveBack(ThroughputSpan span)
    {
        Interlocked.Add(ref _events, span.Events);
        Interlocked.Add(ref _copies, span.Copies);
        Interlocked.Add(ref _bytes, span.Bytes);
        Interlocked.Add(ref _warmRequests, span.WarmRequests);
        Interlocked.Add(ref _purges, span.Purges);
        Interlocked.Add(ref _evictions, span.Evictions);
        Interlocked.Add(ref _failures, span.Failures);
    }

    public void Dispose() => _listener.Dispose();

    private void Count(string instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (instrument)
        {
            case "understudy.intake.events":
                Interlocked.Add(ref _events, value);
                break;
            case "understudy.copy.fetched":
                Interlocked.Add(ref _bytes, value);
                break;
            case "understudy.warm.requests":
                Interlocked.Add(ref _warmRequests, value);
                break;
            case "understudy.purge.requests":
                Interlocked.Add(ref _purges, value);
                break;
            case "understudy.plan.attempts":
                CountAttempt(Outcome(tags), value);
                break;
        }
    }

    private void CountAttempt(string? outcome, long value)
    {
        switch (outcome)
        {
            case nameof(Plans.Outcome.Copied):
                Interlocked.Add(ref _copies, value);
                break;
            case nameof(Plans.Outcome.Evicted):
                Interlocked.Add(ref _evictions, value);
                break;
            case nameof(Plans.Outcome.Failed) or nameof(Plans.Outcome.Hopeless) or nameof(Plans.Outcome.SourceChanged):
                Interlocked.Add(ref _failures, value);
                break;
        }
    }

    private static string? Outcome(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == "outcome")
                return tag.Value as string;
        }

        return null;
    }
}
