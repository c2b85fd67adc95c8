using System.Globalization;

namespace Understudy.Catalogue.Private;

/// <summary>What runs, from /proc. Command lines are open to everybody there, where a process's folder or executable is not.</summary>
internal static class ProcessTable
{
    /// <returns>Its words; none for a process that is gone, or dead and not yet buried.</returns>
    public static IReadOnlyList<string> CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    public static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0);
}
