namespace Understudy.Copying.Store;

internal enum EntryKind { File, Folder, SymbolicLink, Other }

/// <summary>What a name stands for. Two entries with equal <see cref="Device"/> and <see cref="Inode"/> are one file.</summary>
/// <param name="Changed">The file system's own clock, at the last change of bytes, names or attributes (ctime).</param>
/// <param name="Accessed">When it was last read, as far as the mount keeps that: see docs/cache-folders.md.</param>
/// <param name="Allocated">Bytes that it takes on the disk; some file systems say so only a while after it was written.</param>
/// <param name="Names">How many it has.</param>
internal readonly record struct Entry(
    EntryKind Kind, long Length, ulong Device, ulong Inode, DateTimeOffset Modified, DateTimeOffset Changed, DateTimeOffset Accessed, long Allocated, uint Names)
{
    public bool IsSameFileAs(Entry other) => (Device, Inode) == (other.Device, other.Inode);

    /// <summary>For an error's text.</summary>
    public string Describe() => Kind switch
    {
        EntryKind.File => "a file",
        EntryKind.Folder => "a folder",
        EntryKind.SymbolicLink => "a symbolic link",
        _ => "neither a file nor a folder",
    };

    public static Entry From(in Posix.Statx stat) => new(
        (stat.Mode & 0xF000) switch
        {
            0x8000 => EntryKind.File,
            0x4000 => EntryKind.Folder,
            0xA000 => EntryKind.SymbolicLink,
            _ => EntryKind.Other,
        },
        (long)stat.Size,
        ((ulong)stat.DeviceMajor << 32) | stat.DeviceMinor,
        stat.Inode,
        Time(stat.ModifiedSeconds, stat.ModifiedNanoseconds),
        Time(stat.ChangedSeconds, stat.ChangedNanoseconds),
        Time(stat.AccessedSeconds, stat.AccessedNanoseconds),
        (long)stat.Blocks * 512,
        stat.Links);

    private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100));
}
