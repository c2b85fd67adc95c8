using System.Diagnostics.Metrics;
using Understudy.Contracts;
using Understudy.Hosting;

namespace Understudy.Intake;

internal static class IntakeMetrics
{
    private static readonly Counter<long> Events = Telemetry.Meter.CreateCounter<long>(
        "understudy.intake.events", "{event}", "Events received, by type");

    public static void Received(AssetEvent happened) => Events.Add(1, new KeyValuePair<string, object?>("type", happened.GetType().Name));
}
