using System.Diagnostics.Metrics;
using System.Text.Json;
using Understudy.Hosting;

namespace Understudy.Copying.Auditing;

internal static class AuditMetrics
{
    private static readonly Counter<long> Sources = Telemetry.Meter.CreateCounter<long>(
        "understudy.audit.sources", "{source}", "Sources that were looked at, by what that showed");

    public static void Saw(Sight sight) => Sources.Add(1, new KeyValuePair<string, object?>("outcome", JsonNamingPolicy.CamelCase.ConvertName($"{sight}")));
}
