using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Understudy.Copying.Store;

/// <summary>
/// An open folder. Each name is one segment, resolved in this very folder, whatever its path has become; no symlink is followed.
/// Methods named Try give the error back, for callers that expect it; the others throw <see cref="StoreException"/>.
/// </summary>
internal sealed class Folder : IDisposable
{
    private const uint FileMode = 0b110_100_100; // 0644, less the umask
    private const uint FolderMode = 0b111_101_101; // 0755, less the umask

    // The runtime's own default leaves out names that begin with a dot.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly SafeFileHandle _handle;

    private Folder(int descriptor, string path) => (_handle, Path) = (new SafeFileHandle(descriptor, ownsHandle: true), path);

    /// <summary>Where it was opened: for messages only.</summary>
    public string Path { get; }

    /// <summary>The root may be reached through symlinks: where the NAS is mounted is the operator's business.</summary>
    public static Folder OpenRoot(string path)
    {
        var descriptor = Posix.Retry(() => Posix.Open(path, Posix.ReadOnly | Posix.Directory | Posix.CloseOnExec, 0), out var errno);
        return errno == Errno.OK ? new Folder(descriptor, path) : throw new StoreException("open folder", path, errno);
    }

    public Errno TryOpen(string name, out Folder? folder)
    {
        var flags = Posix.ReadOnly | Posix.Directory | Posix.NoFollow | Posix.CloseOnExec;
        var descriptor = Posix.Retry(() => Posix.OpenAt(_handle, name, flags, 0), out var errno);
        folder = errno == Errno.OK ? new Folder(descriptor, At(name)) : null;
        return errno;
    }

    public Errno TryMake(string name) => Posix.Retry(() => Posix.MkdirAt(_handle, name, FolderMode));

    /// <summary>Creates a file that must not exist, for reading and writing.</summary>
    public Errno TryCreate(string name, out SafeFileHandle? file) =>
        TryOpenFile(name, Posix.ReadWrite | Posix.Create | Posix.Exclusive, out file);

    /// <summary>Opens a regular file for reading; null when the name stands for none. Doesn't wait for a FIFO's writer.</summary>
    /// <param name="unseen">Its access time stays, if the file is ours.</param>
    public SafeFileHandle? OpenFile(string name, bool unseen = false)
    {
        var errno = TryOpenFile(name, Posix.ReadOnly | Posix.NonBlocking | (unseen ? Posix.NoAccessTime : 0), out var file);
        if (unseen && errno == Errno.EPERM)
            errno = TryOpenFile(name, Posix.ReadOnly | Posix.NonBlocking, out file);
        if (errno is Errno.ENOENT or Errno.ELOOP)
            return null;
        if (file is null)
            throw new StoreException("open", At(name), errno);
        if (Describe(file, At(name)).Kind == EntryKind.File)
            return file;
        file.Dispose();
        return null;
    }

    public Errno TryEmptyFile(string name)
    {
        var errno = TryOpenFile(name, Posix.ReadWrite | Posix.NonBlocking, out var file);
        using (file)
            return file is null ? errno : Posix.Retry(() => Posix.Truncate(file, 0));
    }

    public Errno TryRename(string name, Folder to, string newName) =>
        Posix.Retry(() => Posix.RenameAt(_handle, name, to._handle, newName));

    /// <summary>A second name for a file; never replaces one, never follows a symlink.</summary>
    public Errno TryLink(string name, Folder to, string newName) =>
        Posix.Retry(() => Posix.LinkAt(_handle, name, to._handle, newName, 0));

    public Errno TryDeleteFile(string name) => Posix.Retry(() => Posix.UnlinkAt(_handle, name, 0));

    public Errno TryDeleteFolder(string name) => Posix.Retry(() => Posix.UnlinkAt(_handle, name, Posix.AtRemoveDirectory));

    /// <summary>What the name stands for now, asked of the server; null when there is nothing.</summary>
    public Entry? Look(string name)
    {
        // An NFS client remembers that a name was missing until it learns that the folder changed, so ask for that first.
        _ = Describe(_handle, Path);
        return Stat(_handle, name, Posix.AtSymlinkNoFollow, out var entry) switch
        {
            Errno.OK => entry,
            Errno.ENOENT => null,
            var errno => throw new StoreException("look at", At(name), errno),
        };
    }

    /// <summary>For a walk over millions: one call, and an NFS client may answer from what it learnt with the names.</summary>
    /// <param name="anew">Ask the server.</param>
    public Errno TryLook(string name, bool anew, out Entry entry) =>
        Stat(_handle, name, Posix.AtSymlinkNoFollow, out entry, anew ? Posix.AtStatxForceSync : 0);

    public static Entry Describe(SafeFileHandle file, string path)
    {
        var errno = Stat(file, "", Posix.AtEmptyPath, out var entry);
        return errno == Errno.OK ? entry : throw new StoreException("look at", path, errno);
    }

    public Entry Describe() => Describe(_handle, Path);

    public Errno TrySync() => Posix.Retry(() => Posix.Sync(_handle));

    public Posix.Vfs Space()
    {
        Posix.Vfs vfs = default;
        var errno = Posix.Retry(() => Posix.StatVfs(_handle, out vfs));
        return errno == Errno.OK ? vfs : throw new StoreException("ask the free space of", Path, errno);
    }

    /// <summary>The names in it, as of now. Through the open folder, for its path may have become another one.</summary>
    public string[] Names() => [.. EachName()];

    /// <summary>The same one by one. What comes and goes meanwhile may be among them or not.</summary>
    public IEnumerable<string> EachName() =>
        new FileSystemEnumerable<string>($"/proc/self/fd/{_handle.DangerousGetHandle()}", static (ref entry) => entry.FileName.ToString(), Everything);

    public string At(string name) => name == "." ? Path : $"{Path}/{name}";

    public void Dispose() => _handle.Dispose();

    private Errno TryOpenFile(string name, int flags, out SafeFileHandle? file)
    {
        var descriptor = Posix.Retry(
            () => Posix.OpenAt(_handle, name, flags | Posix.NoFollow | Posix.CloseOnExec, FileMode), out var errno);
        file = errno == Errno.OK ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
        return errno;
    }

    private static Errno Stat(SafeFileHandle file, string name, int flags, out Entry entry, int freshness = Posix.AtStatxForceSync)
    {
        Posix.Statx stat = default;
        var errno = Posix.Retry(() =>
            Posix.StatxAt(file, name, flags | freshness, Posix.StatxBasicStats, out stat));
        entry = errno == Errno.OK ? Entry.From(stat) : default;
        return errno;
    }
}
