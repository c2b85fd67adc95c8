using System.Diagnostics.Metrics;
using Understudy.Hosting;

namespace Understudy.Publishing;

internal static class PublishingMetrics
{
    private static readonly Counter<long> Announcements = Telemetry.Meter.CreateCounter<long>(
        "understudy.outbox.published", "{message}", "Messages published, by type; one that was published again counts again");

    private static readonly Counter<long> Failures = Telemetry.Meter.CreateCounter<long>(
        "understudy.outbox.failures", "{failure}", "Messages that could not be published, by type and what becomes of them: tried again, or set aside");

    public static void Published(string type) => Announcements.Add(1, Type(type));

    public static void Failed(string type, bool mayPass) => Failures.Add(1, Type(type), new("then", mayPass ? "again" : "aside"));

    private static KeyValuePair<string, object?> Type(string type) => new("type", type);
}
