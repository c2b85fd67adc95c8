using System.Globalization;

namespace Understudy.Bench.Measuring;

/// <summary>What /proc says of a process that goes on (proc(5)).</summary>
internal sealed record RunningProcess(int Id)
{
    // sysconf(_SC_CLK_TCK) has been 100 on every Linux that .NET runs on.
    private const double TicksASecond = 100;

    public double CpuSeconds => Stat(Id) is { } stat ? stat.Own / TicksASecond : 0;

    /// <summary>With its children, those that have ended as well.</summary>
    public double FamilyCpuSeconds =>
        (Stat(Id) is { } stat ? (stat.Own + stat.EndedChildren) / TicksASecond : 0)
        + Children().Sum(child => Stat(child) is { } s ? (s.Own + s.EndedChildren) / TicksASecond : 0);

    public long ResidentBytes => Status("VmRSS:");

    public long PeakResidentBytes => Status("VmHWM:");

    /// <summary>null once it has ended.</summary>
    public string? WorkingFolder => Directory.Exists($"/proc/{Id}") ? File.ResolveLinkTarget($"/proc/{Id}/cwd", returnFinalTarget: false)?.FullName : null;

    /// <summary>Lets the peak start again at what is resident now.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{Id}/clear_refs", "5");

    private IEnumerable<int> Children() =>
        Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && Stat(id)?.Parent == Id);

    private long Status(string field)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length, line.Length - field.Length - 2).Trim(), CultureInfo.InvariantCulture) << 10;
    }

    private static (int Parent, long Own, long EndedChildren)? Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name before it is in parentheses, and may hold anything.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1]), Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));

            long Ticks(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended since.
            return null;
        }
    }
}
