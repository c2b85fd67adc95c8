using System.Diagnostics.Metrics;

namespace Understudy.Warming.Flow;

/// <summary>Shows what warming does to each node.</summary>
internal static class FlowMetrics
{
    public static void Observe(Meter meter, IReadOnlyList<NodeFlow> nodes)
    {
        meter.CreateObservableGauge("understudy.warm.in_flight", () => Each(nodes, n => n.InFlight), "{request}", "Warming requests under way, by node");
        meter.CreateObservableGauge("understudy.warm.pixels_in_flight", () => Each(nodes, n => n.PixelsInFlight), "{pixel}", "Pixels that warming requests under way may make the node decode");
        meter.CreateObservableGauge("understudy.warm.permitted", () => Each(nodes, n => n.Permitted), "{request}", "Warming requests that the node bears at once, by how fast it answers; below 1 with rests between");
        meter.CreateObservableGauge("understudy.warm.queued", () => Each(nodes, n => n.Queued), "{request}", "Warming requests that wait for their turn");
        meter.CreateObservableGauge("understudy.warm.paused", () => Each(nodes, n => n.IsPaused ? 1 : 0), "{node}", "1 while warming leaves the node alone after 503, 429, time-outs or failed connections");
        meter.CreateObservableCounter("understudy.warm.pauses", () => Each(nodes, n => n.Pauses), "{pause}", "How often warming has left the node alone");
    }

    private static IEnumerable<Measurement<T>> Each<T>(IReadOnlyList<NodeFlow> nodes, Func<NodeFlow, T> value) where T : struct =>
        nodes.Select(n => new Measurement<T>(value(n), new KeyValuePair<string, object?>("node", n.Name)));
}
