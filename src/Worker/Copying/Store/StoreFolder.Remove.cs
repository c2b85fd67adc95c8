namespace Understudy.Copying.Store;

internal sealed partial class StoreFolder
{
    /// <summary>
    /// Moves the copy into <c>retired/</c>, where readers keep it till the sweep deletes it, and removes the folders that this left empty.
    /// Needs no new inode, so it works on a full disk. Called again after success, it finds the file absent.
    /// </summary>
    public RemoveResult Remove(Guid attempt, StorePath path)
    {
        using var retired = Retired();
        var walk = Walk.Down(_root, path.Folders, create: false);
        using (var folder = walk.Folder)
        {
            var result = walk.End switch
            {
                WalkEnd.Missing => new RemoveResult.Absent(),
                WalkEnd.Refused => new RemoveResult.Refused(walk.Reason!),
                _ => MoveAway(attempt, retired, folder!, path.Name),
            };
            if (result is not RemoveResult.Removed)
                return result;

            _before(StoreStep.SyncRemoved);
            Sync(folder!);
            Sync(retired);
            Prune(path.Folders);
            return result;
        }
    }

    private RemoveResult MoveAway(Guid attempt, Folder retired, Folder folder, string name)
    {
        _before(StoreStep.LookAtFinal);
        if (folder.Look(name) is not { } file)
            return new RemoveResult.Absent();
        if (file.Kind != EntryKind.File)
            return new RemoveResult.Refused($"'{folder.At(name)}' is {file.Describe()}, not a file");

        var keep = RetiredName(attempt);
        // A rename onto another retired file would free that one under its readers; onto a link of the same file it does nothing at all.
        if (retired.Look(keep) is { Kind: not EntryKind.Folder })
            throw new InvalidOperationException($"attempt {attempt:N} has retired a file before; an attempt does so once");

        _before(StoreStep.MoveAway);
        var errno = folder.TryRename(name, retired, keep);
        return errno switch
        {
            Errno.OK => new RemoveResult.Removed(keep, file.Length),
            // NFS servers differ in what they call a file renamed onto a folder, so look.
            _ when retired.Look(keep) is { Kind: EntryKind.Folder } => new RemoveResult.Superseded(),
            Errno.ENOENT when retired.Look(keep)?.IsSameFileAs(file) == true => new RemoveResult.Removed(keep, file.Length),
            Errno.ENOENT => new RemoveResult.Absent(),
            Errno.EXDEV => new RemoveResult.Refused($"'{folder.Path}' is on another file system than the store's root"),
            _ when errno.IsNoSpace() => new RemoveResult.NoSpace(),
            _ => throw new StoreException("move into .understudy/retired", folder.At(name), errno),
        };
    }

    /// <summary>Best effort, from the deepest up: rmdir takes only what is empty, and whoever was about to use the folder makes it again.</summary>
    private void Prune(string[] folders)
    {
        for (var depth = folders.Length - 1; depth >= 0; depth--)
        {
            _before(StoreStep.PruneFolder);
            using var parent = Walk.Down(_root, folders[..depth], create: false).Folder;
            if (parent?.TryDeleteFolder(folders[depth]) != Errno.OK)
                return;
        }
    }
}
