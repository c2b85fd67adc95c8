using System.Diagnostics.Metrics;
using System.Text.Json;
using Understudy.Hosting;

namespace Understudy.Intake.Queues;

internal static class QueueMetrics
{
    private static readonly Counter<long> Messages = Telemetry.Meter.CreateCounter<long>(
        "understudy.queue.messages", "{message}", "Messages read from queues, by queue, shape and what came of it (done, refused, notNow)");

    private static readonly Counter<long> GivenBack = Telemetry.Meter.CreateCounter<long>(
        "understudy.queue.given_back", "{message}", "Messages that went back to their queue, by queue and reason (refused, failed, stopping)");

    public static void Read(string queue, string shape, Verdict verdict) =>
        Messages.Add(1, new("queue", queue), new("shape", shape), new KeyValuePair<string, object?>("outcome", JsonNamingPolicy.CamelCase.ConvertName(verdict.GetType().Name)));

    public static void WentBack(string queue, string reason) => GivenBack.Add(1, new("queue", queue), new KeyValuePair<string, object?>("reason", reason));

    public static void Observe(IReadOnlyList<QueueStatus> queues)
    {
        Telemetry.Meter.CreateObservableGauge("understudy.queue.depth", () => queues.Where(q => q.Seen is not null).SelectMany(Depth), "{message}", "Messages in a queue, by state, as SQS estimates them");
        Telemetry.Meter.CreateObservableGauge("understudy.queue.lag", () => queues.Where(q => q.Lag is not null).Select(q => new Measurement<double>(q.Lag!.Value.TotalSeconds, Queue(q))), "s", "How long the message that was received last had been in its queue");
        Telemetry.Meter.CreateObservableGauge("understudy.queue.held", () => queues.Select(q => new Measurement<int>(q.Held(), Queue(q))), "{message}", "Messages of a queue that this worker has in hand");
        Telemetry.Meter.CreateObservableGauge("understudy.queue.readable", () => queues.Select(q => new Measurement<int>(q.Fault is null ? 1 : 0, Queue(q))), "{queue}", "1 while a queue can be read");
    }

    private static IEnumerable<Measurement<long>> Depth(QueueStatus queue) =>
    [
        new(queue.Seen!.Waiting, Queue(queue), new("state", "waiting")),
        new(queue.Seen.InFlight, Queue(queue), new("state", "inFlight")),
        new(queue.Seen.Delayed, Queue(queue), new("state", "delayed")),
    ];

    private static KeyValuePair<string, object?> Queue(QueueStatus queue) => new("queue", queue.Name);
}
