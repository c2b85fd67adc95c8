using System.Diagnostics;
using System.Globalization;

namespace Understudy.Catalogue.Private;

/// <summary>The running server of a cluster.</summary>
/// <param name="IsReady">It says of itself that it takes connections.</param>
internal sealed record Postmaster(int Pid, bool IsReady)
{
    /// <summary>Trusts the pid file only as far as the process with that number is this cluster's server: numbers are used again, after a reboot the same ones.</summary>
    public static Postmaster? Find(Cluster cluster)
    {
        var lines = PidFile(cluster);
        return Number(lines) is { } pid && Serves(ProcessTable.CommandLine(pid), cluster)
            ? new(pid, lines.ElementAtOrDefault(7)?.Trim() == "ready")
            : null;
    }

    /// <summary>
    /// Removes a pid file and a socket lock whose number belongs to no server: to something else by now, or to one that is dead but not yet buried, as
    /// it stays below a lazy init. PostgreSQL only sees that there is such a process, and refuses to start.
    /// </summary>
    public static void ForgetStale(Cluster cluster)
    {
        if (Number(PidFile(cluster)) is { } pid && !IsServer(ProcessTable.CommandLine(pid)))
            File.Delete(PidPath(cluster));
        var socketLock = cluster.Socket + ".lock";
        if (Number(Lines(socketLock)) is { } holder && !IsServer(ProcessTable.CommandLine(holder)))
            File.Delete(socketLock);
    }

    /// <summary>Ends processes that a killed server left behind: as long as one lives, the memory that it shares keeps a new server out.</summary>
    /// <returns>How many there were.</returns>
    public static int EndOrphans(Cluster cluster)
    {
        var title = $"postgres: {cluster.Name}:";
        var orphans = ProcessTable.Pids().Where(p => ProcessTable.CommandLine(p) is [var first, ..] && first.StartsWith(title, StringComparison.Ordinal)).ToArray();
        foreach (var orphan in orphans)
            Kill(orphan);
        return orphans.Length;
    }

    public static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }

    private static bool Serves(IReadOnlyList<string> commandLine, Cluster cluster) =>
        commandLine.Zip(commandLine.Skip(1)).Any(pair => pair == ("-D", cluster.Data)) && IsServer(commandLine);

    // Whatever server it is: one that was started by another path to the same folder must not be robbed of its pid file.
    private static bool IsServer(IReadOnlyList<string> commandLine) =>
        commandLine.Count > 0 && Path.GetFileName(commandLine[0]) is "postgres" or "postmaster" && commandLine.Contains("-D");

    private static string PidPath(Cluster cluster) => Path.Combine(cluster.Data, "postmaster.pid");

    private static string[] PidFile(Cluster cluster) => Lines(PidPath(cluster));

    private static int? Number(string[] lines) =>
        lines.Length > 0 && int.TryParse(lines[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
