namespace Understudy.Copying.Store;

internal enum WalkEnd { Reached, Missing, Refused, NoSpace }

/// <summary>Where a walk down from the root ended. Whoever gets a folder disposes it.</summary>
/// <param name="Reason">Of a refusal; it names the segment that is no folder.</param>
internal readonly record struct Walk(WalkEnd End, Folder? Folder, string? Reason)
{
    /// <summary>
    /// How often a folder may vanish under us before we give up. Others remove folders only when empty, so each time is one file removed.
    /// </summary>
    private const int Tries = 32;

    /// <summary>Opens the folder, component by component, so that a planted symlink is refused wherever it stands.</summary>
    public static Walk Down(Folder root, IReadOnlyList<string> names, bool create)
    {
        for (var i = 0; i < Tries; i++)
        {
            var walk = Once(root, names, create);
            if (walk.End != WalkEnd.Missing || !create)
                return walk;
        }

        throw new StoreException($"'{root.At(string.Join('/', names))}' was removed {Tries} times while it was being made");
    }

    private static Walk Once(Folder root, IReadOnlyList<string> names, bool create)
    {
        // "." opens the root anew, so that what comes back is always the caller's to dispose.
        var walk = Step(root, ".", create: false);
        foreach (var name in names)
        {
            if (walk.End != WalkEnd.Reached)
                return walk;
            using var parent = walk.Folder!;
            walk = Step(parent, name, create);
        }

        return walk;
    }

    private static Walk Step(Folder parent, string name, bool create)
    {
        var errno = parent.TryOpen(name, out var folder);
        if (errno == Errno.ENOENT && create)
        {
            errno = parent.TryMake(name);
            if (errno is Errno.OK or Errno.EEXIST)
            {
                // Also when another made it: it may not have flushed it yet, and our file will rely on it.
                _ = parent.TrySync();
                errno = parent.TryOpen(name, out folder);
            }
        }

        return errno switch
        {
            Errno.OK => new Walk(WalkEnd.Reached, folder, null),
            Errno.ENOENT => new Walk(WalkEnd.Missing, null, null),
            // Linux says ENOTDIR of a symlink, too, when asked for a folder and not to follow.
            Errno.ENOTDIR or Errno.ELOOP => new Walk(WalkEnd.Refused, null, $"'{parent.At(name)}' is {Kind(parent, name)}, not a folder"),
            Errno.ENAMETOOLONG => new Walk(WalkEnd.Refused, null, $"'{parent.At(name)}' is too long for this file system"),
            _ when errno.IsNoSpace() => new Walk(WalkEnd.NoSpace, null, null),
            _ => throw new StoreException("open folder", parent.At(name), errno),
        };
    }

    private static string Kind(Folder parent, string name) => parent.Look(name)?.Describe() ?? "gone again";
}
