using System.Diagnostics.Metrics;
using Understudy.Hosting;
using Understudy.Warming.Verification;

namespace Understudy.Warming;

internal static class WarmMetrics
{
    private static readonly Counter<long> Requests = Telemetry.Meter.CreateCounter<long>(
        "understudy.warm.requests", "{request}", "Answers of image servers to warming, by node, kind (info, image) and outcome (good, or what was wrong)");

    private static readonly Counter<long> Bytes = Telemetry.Meter.CreateCounter<long>("understudy.warm.bytes", "By", "Bytes of good answers, by node");

    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>(
        "understudy.warm.request.duration", "s", "How long good answers took, by node and kind");

    public static void Answered(string node, WarmRequest request, BadAnswer? bad, Asked asked)
    {
        var (at, kind) = (new KeyValuePair<string, object?>("node", node), new KeyValuePair<string, object?>("kind", request is WarmRequest.Info ? "info" : "image"));
        Requests.Add(1, at, kind, new("outcome", bad?.Name ?? "good"));
        if (bad is not null)
            return;
        Bytes.Add(asked.Answer!.Body.Length, at);
        Duration.Record(asked.Took.TotalSeconds, at, kind);
    }
}
