using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>
/// Goes through the three folders, and nowhere else: every folder is opened in the open one above it, never by a path, and a symlink is never followed,
/// also not one that is put in a folder's place at this moment. Nor is another file system entered. Names are taken one by one: no list
/// grows with the number of files, only with that of the first folders (256 as Cantaloupe makes them).
/// </summary>
internal sealed class CacheWalk(Folder root)
{
    /// <summary>What lies in a kind's folder itself; a Cantaloupe that is told to make no further folders keeps everything there.</summary>
    public const string Loose = "";

    private readonly ulong _device = root.Describe().Device;

    /// <summary>The parts that a walk can be broken off between: <see cref="Loose"/>, then the first folders in their order.</summary>
    public IReadOnlyList<string> Slices(CacheKind kind)
    {
        var names = new List<string>();
        if (root.TryOpen(kind.Folder(), out var folder) == Errno.OK)
        {
            using (folder)
            using (var each = new Listing(folder!))
            {
                while (each.Next() is { } name)
                {
                    if (CacheName.IsPiece("", name) && folder!.TryLook(name, anew: false, out var entry) == Errno.OK && entry.Kind == EntryKind.Folder)
                        names.Add(name);
                }
            }
        }

        names.Sort(StringComparer.Ordinal);
        return [Loose, .. names];
    }

    public IEnumerable<Found> Through(CacheKind kind, string slice)
    {
        var errno = root.TryOpen(kind.Folder(), out var folder);
        if (errno != Errno.OK)
        {
            if (slice == Loose && errno != Errno.ENOENT)
                yield return NotOpened(root, kind.Folder(), errno);
            yield break;
        }

        using (folder)
        {
            if (Describe(folder!) is not { } entry)
                yield return new(FoundKind.Fault, root, kind.Folder(), Reason: $"look at '{folder!.Path}' failed");
            else if (entry.Device != _device)
                yield return new(FoundKind.Stranger, root, kind.Folder());
            else
            {
                foreach (var found in slice == Loose ? Inside(folder!, kind, "", deeper: false) : Into(folder!, slice, kind, ""))
                    yield return found;
            }
        }
    }

    private IEnumerable<Found> Inside(Folder folder, CacheKind kind, string prefix, bool deeper)
    {
        using var each = new Listing(folder);
        while (each.Next() is { } name)
        {
            var mayBeFolder = CacheName.IsPiece(prefix, name);
            var what = CacheName.IsFinal(kind, prefix, name) ? FoundKind.File : CacheName.IsTemporary(prefix, name) ? FoundKind.Temporary : FoundKind.Stranger;
            if (what == FoundKind.Stranger && !mayBeFolder)
            {
                yield return new(FoundKind.Stranger, folder, name);
                continue;
            }

            if (what == FoundKind.Stranger && deeper)
            {
                // It can only be a folder, and opening it says whether it is.
                foreach (var found in Into(folder, name, kind, prefix))
                    yield return found;
                continue;
            }

            var errno = folder.TryLook(name, anew: false, out var entry);
            if (errno != Errno.OK)
                yield return NotOpened(folder, name, errno);
            else if (entry.Kind == EntryKind.File)
                yield return new(what, folder, name, entry);
            else if (entry.Kind != EntryKind.Folder || !mayBeFolder)
                yield return new(FoundKind.Stranger, folder, name);
            else if (deeper)
            {
                foreach (var found in Into(folder, name, kind, prefix))
                    yield return found;
            }
        }

        if (each.Fault is { } fault)
            yield return new(FoundKind.Fault, folder, ".", Reason: fault);
    }

    private IEnumerable<Found> Into(Folder parent, string name, CacheKind kind, string prefix)
    {
        var errno = parent.TryOpen(name, out var folder);
        if (errno != Errno.OK)
        {
            yield return NotOpened(parent, name, errno);
            yield break;
        }

        using (folder)
        {
            if (Describe(folder!) is not { } entry)
            {
                yield return new(FoundKind.Fault, parent, name, Reason: $"look at '{folder!.Path}' failed");
                yield break;
            }

            if (entry.Device != _device)
            {
                yield return new(FoundKind.Stranger, parent, name);
                yield break;
            }

            var isEmpty = true;
            foreach (var found in Inside(folder!, kind, prefix + name, deeper: true))
            {
                isEmpty = false;
                yield return found;
            }

            yield return new(FoundKind.Folder, parent, name, entry, isEmpty);
        }
    }

    private static Found NotOpened(Folder folder, string name, Errno errno) => errno switch
    {
        Errno.ENOENT => new(FoundKind.Vanished, folder, name),
        // A symlink, says Linux, when asked for a folder and not to follow; or a file that took the folder's place.
        Errno.ENOTDIR or Errno.ELOOP => new(FoundKind.Stranger, folder, name),
        _ => new(FoundKind.Fault, folder, name, Reason: $"look at '{folder.At(name)}' failed: {errno}"),
    };

    private static Entry? Describe(Folder folder)
    {
        try
        {
            return folder.Describe();
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
