using System.Diagnostics.Metrics;
using Understudy.Contracts;

namespace Understudy.Copying.Flow;

/// <summary>Shows the gate as gauges.</summary>
internal static class FlowMetrics
{
    public static void Observe(Meter meter, FetchGate gate)
    {
        meter.CreateObservableGauge("understudy.fetch.limit", () => gate.Limit, "{fetch}", "Fetches that may be under way at once");
        meter.CreateObservableGauge("understudy.fetch.in_flight", () => gate.InFlight, "{fetch}", "Fetches under way");
        meter.CreateObservableGauge("understudy.fetch.queued", () => Queued(gate), "{fetch}", "Fetches that wait for a slot, by lane");
    }

    private static IEnumerable<Measurement<int>> Queued(FetchGate gate) =>
        Enum.GetValues<Lane>().Select(lane =>
            new Measurement<int>(gate.Queued(lane), new KeyValuePair<string, object?>("lane", lane.ToString().ToLowerInvariant())));
}
