using System.Diagnostics.Metrics;
using Understudy.Hosting;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

internal static class PurgeMetrics
{
    private static readonly Counter<long> Purges = Telemetry.Meter.CreateCounter<long>(
        "understudy.purge.requests", "{request}", "Purges of one asset at one target, by target and outcome (Purged, NotYet, Refused)");

    private static readonly Counter<long> Looks = Telemetry.Meter.CreateCounter<long>(
        "understudy.purge.looks", "{look}", "Looks at what a target serves after a purge, by target and verdict (Clean, Stale, Away)");

    public static void Told(IPurgeTarget target, PurgeReply reply) => Purges.Add(1, new("target", target.Name), new("outcome", reply.GetType().Name));

    public static void Looked(IPurgeTarget target, Verdict verdict) => Looks.Add(1, new("target", target.Name), new("verdict", verdict.GetType().Name));
}
