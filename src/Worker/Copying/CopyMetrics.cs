using System.Diagnostics.Metrics;
using Understudy.Hosting;

namespace Understudy.Copying;

internal static class CopyMetrics
{
    private static readonly Counter<long> BytesFetched = Telemetry.Meter.CreateCounter<long>(
        "understudy.copy.fetched", "By", "Bytes read from sources");

    private static readonly Counter<long> BytesSalvaged = Telemetry.Meter.CreateCounter<long>(
        "understudy.copy.salvaged", "By", "Bytes taken over from attempts that broke off, and so not fetched again");

    private static readonly Counter<long> Swept = Telemetry.Meter.CreateCounter<long>(
        "understudy.store.swept", "{file}", "Files cleared from the store's reserved folder, by kind");

    public static void Fetched(long bytes) => BytesFetched.Add(bytes);

    public static void Salvaged(long bytes) => BytesSalvaged.Add(bytes);

    public static void Cleared(string kind) => Swept.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
