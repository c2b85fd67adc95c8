using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>What a sweep came to.</summary>
/// <param name="Kinds">By folder; those that aren't there have nothing but zeros.</param>
/// <param name="CutShort">Why it isn't finished; null: it is.</param>
/// <param name="WithinBudget">What could be counted, less what was removed. Unfinished sweeps are not.</param>
/// <param name="UnusedSince">What had to go was last used before this; null: nothing had to.</param>
/// <param name="AccessTimes">What tells whether files that are used were told from others.</param>
/// <param name="Examples">Of what the file system refused, a few.</param>
internal sealed record SweepResult(
    IReadOnlyDictionary<CacheKind, KindTally> Kinds,
    string? CutShort,
    bool WithinBudget,
    DateTimeOffset? UnusedSince,
    AccessTimes AccessTimes,
    IReadOnlyList<string> Examples)
{
    public bool Finished => CutShort is null;

    public long Files => Kinds.Values.Sum(k => k.Files);

    public long Bytes => Kinds.Values.Sum(k => k.Bytes);

    public long RemovedFiles => Kinds.Values.Sum(k => k.RemovedFiles);

    public long RemovedBytes => Kinds.Values.Sum(k => k.RemovedBytes);

    public long Strangers => Kinds.Values.Sum(k => k.Strangers);

    public long Faults => Kinds.Values.Sum(k => k.Faults);
}

internal enum AccessTimes
{
    /// <summary>Files show uses after they were written, or are too few to say.</summary>
    Kept,

    /// <summary>The same, but at most once a day: this mount is relatime.</summary>
    KeptDaily,

    /// <summary>No file of a thousand and more shows one, or this mount is noatime: the order is that of writing.</summary>
    NotKept,
}

internal static class AccessTimesSeen
{
    private const int Telling = 1_000;

    /// <param name="mount">Of this worker; those of the image servers are what counts, and can be others.</param>
    public static AccessTimes Of(long files, long readLater, Posix.Vfs mount) =>
        (mount.Flags & Posix.MountedNoAccessTimes) != 0 || files >= Telling && readLater == 0 ? AccessTimes.NotKept
        : (mount.Flags & Posix.MountedRelativeAccessTimes) != 0 ? AccessTimes.KeptDaily
        : AccessTimes.Kept;
}
