using System.Diagnostics.Metrics;
using Understudy.Contracts;

namespace Understudy.Copying.Flow;

/// <summary>Shows the gate as gauges. Whoever wants them constructs it once beside the gate.</summary>
internal sealed class FlowMetrics
{
    private readonly FetchGate _gate;

    public FlowMetrics(IMeterFactory meters, FetchGate gate)
    {
        _gate = gate;
        var meter = meters.Create("Understudy");
        meter.CreateObservableGauge("understudy.fetch.limit", () => gate.Limit, "{fetch}", "Fetches that may be under way at once");
        meter.CreateObservableGauge("understudy.fetch.in_flight", () => gate.InFlight, "{fetch}", "Fetches under way");
        meter.CreateObservableGauge("understudy.fetch.queued", Queued, "{fetch}", "Fetches that wait for a slot, by lane");
    }

    private IEnumerable<Measurement<int>> Queued() =>
        Enum.GetValues<Lane>().Select(lane =>
            new Measurement<int>(_gate.Queued(lane), new KeyValuePair<string, object?>("lane", lane.ToString().ToLowerInvariant())));
}
