using System.Diagnostics.Metrics;
using Understudy.Hosting;

namespace Understudy.Scavenging.Scrubbing;

internal static class ScrubMetrics
{
    private static readonly Counter<long> Copies = Telemetry.Meter.CreateCounter<long>(
        "understudy.scrub.copies", "{copy}", "Copies that were held against their checksums, by what came of it");

    private static readonly Counter<long> Bytes = Telemetry.Meter.CreateCounter<long>(
        "understudy.scrub.read", "By", "Bytes of copies that were read to be checked");

    public static void Looked(string outcome) => Copies.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Read(long bytes) => Bytes.Add(bytes);
}
