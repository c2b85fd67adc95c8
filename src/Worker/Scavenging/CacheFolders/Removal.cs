using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>Takes one file or folder away, after a last look at it; what comes of it is noted in the tally. A refusal is met once a walk, not tried again.</summary>
internal sealed class Removal(bool dryRun, Action<string> complain)
{
    /// <summary>Set where every further try would be refused as well.</summary>
    public string? Hopeless { get; private set; }

    /// <param name="mayGo">Asked of what the file is now: it may have been used since it was counted.</param>
    public void File(in Found found, KindTally tally, CacheKind kind, Func<Entry, bool> mayGo)
    {
        var errno = found.In.TryLook(found.Name, anew: true, out var now);
        if (errno == Errno.OK && (now.Kind != EntryKind.File || !mayGo(now)))
        {
            tally.UsedMeanwhile++;
            return;
        }

        if (errno == Errno.OK && !dryRun)
            errno = found.In.TryDeleteFile(found.Name);
        if (errno == Errno.OK)
        {
            tally.RemovedFiles++;
            tally.RemovedBytes += Size(now);
            if (!dryRun)
                CacheFolderMetrics.Removed(kind, Size(now));
        }
        else if (errno == Errno.ENOENT)
        {
            // Gone, and its room with it: otherwise the sum of what is left would be too high.
            tally.Vanished++;
            tally.RemovedFiles++;
            tally.RemovedBytes += Size(found.Entry);
        }
        else
        {
            Refused(found, tally, errno);
        }
    }

    /// <summary>Only an empty folder can be deleted: a file that is created in it at this moment makes the file system refuse.</summary>
    public void Folder(in Found found, KindTally tally)
    {
        var errno = dryRun ? Errno.OK : found.In.TryDeleteFolder(found.Name);
        if (errno == Errno.OK)
            tally.RemovedFolders++;
        else if (errno is not (Errno.ENOTEMPTY or Errno.EEXIST or Errno.ENOENT))
            Refused(found, tally, errno);
    }

    /// <summary>Blocks where they are more: ten million infos of 1 KB are 40 GB. Length where a file system says the blocks late, or never.</summary>
    public static long Size(in Entry file) => Math.Max(file.Length, file.Allocated);

    private void Refused(in Found found, KindTally tally, Errno errno)
    {
        tally.Faults++;
        complain($"delete '{found.In.At(found.Name)}' failed: {errno}");
        if (errno == Errno.EROFS)
            Hopeless = $"the file system of '{found.In.Path}' is read-only here";
    }
}
