using Microsoft.Win32.SafeHandles;

namespace Understudy.Copying.Store;

/// <summary>
/// The folder that the tile servers read. Guards three invariants: a final name holds a whole file or none, at every instant and after
/// every crash; nothing outside the root is read, written or deleted; an attempt that was fenced changes nothing any more.
///
/// An attempt is one try to copy or remove one asset, with an id that is never used again. It begins once and publishes or removes once.
/// Before a new attempt touches the asset, it must <see cref="Fence"/> each former attempt that isn't known to have ended or been fenced:
/// if attempt 2 may have died before it fenced attempt 1, attempt 3 fences both.
/// Below the reserved folder <c>.understudy</c>: <c>copying/{attempt}.part</c> is being written, <c>copying/{attempt}.journal</c> says
/// which parts were, <c>copying/{attempt}.salvage</c> was taken from a fenced attempt, <c>retired/{attempt}</c> is an old file that
/// readers may have open.
/// </summary>
internal sealed partial class StoreFolder : IDisposable
{
    private readonly Folder _root;
    private readonly Action<StoreStep> _before;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _openedAt;
    private readonly long _openedTicks;

    private StoreFolder(Folder root, StoreTraits traits, DateTimeOffset openedAt, TimeProvider time, ILogger logger, Action<StoreStep> before) =>
        (_root, Traits, _openedAt, _openedTicks, _time, _logger, _before) =
        (root, traits, openedAt, time.GetTimestamp(), time, logger, before);

    /// <summary>What this file system can do.</summary>
    public StoreTraits Traits { get; }

    /// <summary>Opens the store, made if need be, and tries out what it will rely on. Says in the log what is missing.</summary>
    /// <exception cref="StoreException">It can't be used: not writable, more than one file system, or blind to case.</exception>
    public static StoreFolder Open(string root, TimeProvider time, ILogger<StoreFolder> logger) =>
        Open(root, time, logger, static traits => traits, static _ => { });

    /// <param name="adjust">Lets a test take a trait away.</param>
    /// <param name="before">Lets a test stop or crash before each step.</param>
    internal static StoreFolder Open(
        string root, TimeProvider time, ILogger logger, Func<StoreTraits, StoreTraits> adjust, Action<StoreStep> before)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException($"the store '{root}' can't be made: {e.Message}");
        }

        var folder = Folder.OpenRoot(root);
        try
        {
            using var copying = ReservedFolders.Open(folder, ReservedFolders.Copying);
            using var retired = ReservedFolders.Open(folder, ReservedFolders.Retired);
            var tried = StoreProbe.Run(folder, copying, retired);
            if (tried is null)
                Log.NotTried(logger, root);
            // A link that is refused later is met there.
            var (traits, now) = tried ?? (new StoreTraits(HardLinks: true, copying.TrySync() == Errno.OK), time.GetUtcNow());
            traits = adjust(traits);
            if (!traits.HardLinks)
                Log.NoHardLinks(logger, root);
            if (!traits.FolderSync)
                Log.NoFolderSync(logger, root);
            return new StoreFolder(folder, traits, now, time, logger, before);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The copy's file, or null: also when a symlink or a folder stands in its place.</summary>
    public StoreFile? Find(StorePath path)
    {
        var walk = Walk.Down(_root, path.Folders, create: false);
        using var folder = walk.Folder;
        return folder?.Look(path.Name) is { Kind: EntryKind.File } file ? new StoreFile(file.Length, file.Modified) : null;
    }

    /// <summary>When the file was last read and written, as far as the mount keeps that; null: there is none.</summary>
    public FileTimes? TimesOf(StorePath path)
    {
        var walk = Walk.Down(_root, path.Folders, create: false);
        using var folder = walk.Folder;
        return folder?.Look(path.Name) is { Kind: EntryKind.File } file ? new FileTimes(file.Accessed, file.Modified) : null;
    }

    /// <summary>Why no copy can be published there, as far as can be seen now: something stands in its way. Null: nothing does.</summary>
    public string? ObstacleAt(StorePath path)
    {
        var walk = Walk.Down(_root, path.Folders, create: false);
        using var folder = walk.Folder;
        return walk.Reason ?? (folder?.Look(path.Name) is { Kind: not EntryKind.File } other ? $"'{folder.At(path.Name)}' is {other.Describe()}, not a file" : null);
    }

    /// <summary>Opens the copy for reading, or null as in <see cref="Find"/>. It stays readable when replaced or removed.</summary>
    public SafeFileHandle? OpenRead(StorePath path) => OpenRead(path, unseen: false);

    /// <summary>The same for a reader who is no use of the copy: its access time stays, where the system lets it.</summary>
    public SafeFileHandle? OpenUnseen(StorePath path) => OpenRead(path, unseen: true);

    /// <summary>For a walk over all of it; the caller's to dispose.</summary>
    public Folder OpenRoot() => Walk.Down(_root, [], create: false).Folder ?? throw new StoreException($"'{_root.Path}' is gone");

    public StoreSpace Space()
    {
        var vfs = _root.Space();
        long? inodes = vfs.Inodes == 0 ? null : (long)vfs.Inodes;
        return new StoreSpace(
            (long)(vfs.BlocksAvailable * vfs.FragmentSize),
            (long)(vfs.Blocks * vfs.FragmentSize),
            inodes is null ? null : (long)vfs.InodesAvailable,
            inodes);
    }

    public void Dispose() => _root.Dispose();

    private SafeFileHandle? OpenRead(StorePath path, bool unseen)
    {
        var walk = Walk.Down(_root, path.Folders, create: false);
        using var folder = walk.Folder;
        return folder?.OpenFile(path.Name, unseen);
    }

    private Folder Copying() => ReservedFolders.Open(_root, ReservedFolders.Copying);

    private Folder Retired() => ReservedFolders.Open(_root, ReservedFolders.Retired);

    /// <summary>Flushes a folder, where that works at all: <see cref="StoreTraits.FolderSync"/>.</summary>
    private void Sync(Folder folder)
    {
        if (!Traits.FolderSync)
            return;
        var errno = folder.TrySync();
        if (errno != Errno.OK)
            throw new StoreException("flush folder", folder.Path, errno);
    }
}
