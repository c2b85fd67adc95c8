using System.Globalization;

namespace Understudy.Bench.Measuring;

internal sealed record Machine(DateOnly Date, string System, string Kernel, string Processor, int Cores, double MemoryGiB, string Runtime)
{
    public static Machine Here() => new(
        DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
        Value("/etc/os-release", "PRETTY_NAME=").Trim('"'),
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        Value("/proc/cpuinfo", "model name").TrimStart('\t', ':', ' '),
        Environment.ProcessorCount,
        long.Parse(Value("/proc/meminfo", "MemTotal:").Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1048576.0,
        global::System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);

    private static string Value(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[name.Length..] : "unknown";
}
