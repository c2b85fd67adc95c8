using System.Diagnostics.Metrics;
using Understudy.Hosting;

namespace Understudy.Scavenging.CacheFolders;

internal static class CacheFolderMetrics
{
    private static readonly Counter<long> RemovedFiles = Telemetry.Meter.CreateCounter<long>(
        "understudy.cachefolder.removed.files", "{file}", "Files removed from Cantaloupe's cache folders, by kind (image, info, source)");

    private static readonly Counter<long> RemovedBytes = Telemetry.Meter.CreateCounter<long>(
        "understudy.cachefolder.removed.bytes", "By", "Bytes freed in Cantaloupe's cache folders, by kind");

    private static readonly Gauge<long> Files = Telemetry.Meter.CreateGauge<long>(
        "understudy.cachefolder.files", "{file}", "Files that the last sweep left in a cache folder, by kind");

    private static readonly Gauge<long> Bytes = Telemetry.Meter.CreateGauge<long>(
        "understudy.cachefolder.bytes", "By", "Bytes that the last sweep left in a cache folder, by kind");

    public static void Removed(CacheKind kind, long bytes)
    {
        RemovedFiles.Add(1, new KeyValuePair<string, object?>("kind", kind.Folder()));
        RemovedBytes.Add(bytes, new KeyValuePair<string, object?>("kind", kind.Folder()));
    }

    public static void Left(string root, CacheKind kind, KindTally tally)
    {
        Files.Record(tally.Files - tally.RemovedFiles, new("root", root), new("kind", kind.Folder()));
        Bytes.Record(tally.Bytes - tally.RemovedBytes, new("root", root), new("kind", kind.Folder()));
    }
}
