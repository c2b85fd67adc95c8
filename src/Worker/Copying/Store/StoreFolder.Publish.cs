namespace Understudy.Copying.Store;

internal sealed partial class StoreFolder
{
    /// <summary>As for a walk: each time, another removed the last other file of the folder.</summary>
    private const int PublishTries = 32;

    /// <summary>
    /// Gives the part its final name: flush the file, link the old one into <c>retired/</c>, rename over it, flush the folder. A crash
    /// between any two steps leaves the old file or the new one. The part must be verified, and no write may be under way.
    /// </summary>
    /// <exception cref="StoreException">The file system failed. The old file stands, or the new one does: look.</exception>
    public PublishResult Publish(PartialFile part, StorePath path)
    {
        part.Spend();
        _before(StoreStep.SyncPart);
        var errno = Posix.Retry(() => Posix.Sync(part.Handle));
        if (errno.IsNoSpace())
            return new PublishResult.NoSpace();
        if (errno != Errno.OK)
            throw new StoreException("flush", PartName(part.Attempt), errno);

        using var copying = Copying();
        using var retired = Retired();
        for (var i = 0; i < PublishTries; i++)
        {
            var walk = Walk.Down(_root, path.Folders, create: true);
            using var folder = walk.Folder;
            var result = walk.End switch
            {
                WalkEnd.Refused => new PublishResult.Refused(walk.Reason!),
                WalkEnd.NoSpace => new PublishResult.NoSpace(),
                _ => RenameOver(part, copying, retired, folder!, path.Name),
            };
            if (result is not null)
                return result;
        }

        throw new StoreException($"the folder of '{path}' was removed {PublishTries} times while publishing");
    }

    /// <summary>Null when the folder was removed since it was opened.</summary>
    private PublishResult? RenameOver(PartialFile part, Folder copying, Folder retired, Folder folder, string name)
    {
        var bytes = Folder.Describe(part.Handle, PartName(part.Attempt)).Length;
        var old = folder.Look(name);
        if (old is { Kind: not EntryKind.File })
            return new PublishResult.Refused($"'{folder.At(name)}' is {old.Value.Describe()}, not a file");

        var (kept, stop) = old is { } file ? Keep(part.Attempt, file, retired, folder, name) : (null, null);
        if (stop is not null)
            return stop;

        _before(StoreStep.RenameOver);
        var errno = copying.TryRename(PartName(part.Attempt), folder, name);
        switch (errno)
        {
            case Errno.OK:
                break;
            case Errno.ENOENT when copying.Look(PartName(part.Attempt)) is not null:
                return null;
            // The server did it, and answered a repeated request (NFS): our file stands there.
            case Errno.ENOENT when folder.Look(name)?.IsSameFileAs(Folder.Describe(part.Handle, name)) == true:
                break;
            case Errno.ENOENT:
                return new PublishResult.Superseded();
            case Errno.EISDIR or Errno.ENOTEMPTY or Errno.EEXIST:
                return new PublishResult.Refused($"'{folder.At(name)}' became a folder");
            case Errno.EXDEV:
                return new PublishResult.Refused($"'{folder.Path}' is on another file system than the store's root");
            case var _ when errno.IsNoSpace():
                return new PublishResult.NoSpace();
            default:
                throw new StoreException("rename to", folder.At(name), errno);
        }

        _before(StoreStep.SyncPublished);
        Sync(folder);
        _before(StoreStep.DropJournal);
        _ = copying.TryDeleteFile(JournalName(part.Attempt));
        return new PublishResult.Published(kept, bytes, old?.Length);
    }

    /// <summary>Gives the old file a second name, so that renaming over it doesn't free it under its readers.</summary>
    private (string? Kept, PublishResult? Stop) Keep(Guid attempt, Entry old, Folder retired, Folder folder, string name)
    {
        if (!Traits.HardLinks)
            return (null, null);

        _before(StoreStep.KeepOld);
        var keep = RetiredName(attempt);
        var errno = folder.TryLink(name, retired, keep);
        switch (errno)
        {
            case Errno.OK:
                break;
            // Removed by another meanwhile; or the folder was, which the rename will tell.
            case Errno.ENOENT:
                return (null, null);
            case Errno.EEXIST when retired.Look(keep) is { Kind: EntryKind.Folder }:
                return (null, new PublishResult.Superseded());
            case Errno.EEXIST when retired.Look(keep)?.IsSameFileAs(old) == true:
                break;
            case Errno.EEXIST:
                throw new InvalidOperationException($"attempt {attempt:N} has retired another file before; an attempt does so once");
            // fs.protected_hardlinks: the file is another user's. A copy that DLCS made is still to be replaced.
            case Errno.EPERM or Errno.EACCES or Errno.EMLINK or Errno.EXDEV or Errno.EOPNOTSUPP:
                Log.NotKept(_logger, folder.At(name), errno);
                return (null, null);
            case var _ when errno.IsNoSpace():
                return (null, new PublishResult.NoSpace());
            default:
                throw new StoreException("link into .understudy/retired", folder.At(name), errno);
        }

        _before(StoreStep.SyncKept);
        Sync(retired);
        return (keep, null);
    }
}
