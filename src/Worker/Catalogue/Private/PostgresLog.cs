namespace Understudy.Catalogue.Private;

/// <summary>Keeps the server's log within bounds: this file and the one before it.</summary>
internal sealed class PostgresLog(Cluster cluster, long maxBytes = 8 << 20)
{
    /// <summary>Copies and empties, because the server keeps the file open: it appends, so it goes on at the new end. Lines written in between are lost.</summary>
    public void Bound()
    {
        var log = new FileInfo(cluster.Log);
        if (!log.Exists || log.Length <= maxBytes)
            return;
        log.CopyTo(cluster.Log + ".1", overwrite: true);
        using var emptied = new FileStream(cluster.Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        emptied.SetLength(0);
    }

    /// <returns>The last line that names an error; empty when none does.</returns>
    public string LastError()
    {
        if (!File.Exists(cluster.Log))
            return "";
        using var log = new FileStream(cluster.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(-Math.Min(log.Length, 16 << 10), SeekOrigin.End);
        using var tail = new StreamReader(log);
        return tail.ReadToEnd().Split('\n').LastOrDefault(l => l.Contains("FATAL:", StringComparison.Ordinal) || l.Contains("PANIC:", StringComparison.Ordinal)) ?? "";
    }
}
