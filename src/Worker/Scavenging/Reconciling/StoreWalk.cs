using Understudy.Copying.Store;

namespace Understudy.Scavenging.Reconciling;

/// <summary>
/// All that lies in the store, in the order of the catalogue's paths, so that both can be read side by side. Holds the names of one
/// folder at each depth. Follows no symlink, and stays out of folders that no copy's path can name.
/// </summary>
internal sealed class StoreWalk(Folder root, string after)
{
    // Each holds a folder open.
    private const int Deepest = 64;

    /// <summary>Folders that weren't looked into.</summary>
    public long ClosedFolders { get; private set; }

    public IEnumerable<Found> Files() => Below(root, "", 0, 0, 1);

    private IEnumerable<Found> Below(Folder folder, string prefix, int depth, double from, double share)
    {
        var (entries, done) = Read(folder, prefix);
        share /= Math.Max(1, done + entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var (path, entry) = entries[i];
            var at = from + share * (done + i);
            if (entry is not { Kind: EntryKind.Folder })
            {
                yield return new Found(path, entry, at);
                continue;
            }

            using var inner = Open(folder, path[prefix.Length..^1], depth);
            if (inner is null)
                continue;
            foreach (var found in Below(inner, path, depth + 1, at, share))
                yield return found;
        }
    }

    /// <summary>With a slash behind folders: so everything below "a" stands behind "a-b" and "a.jp2", as its paths do.</summary>
    /// <returns>What is still to be done, and the number of names before it.</returns>
    private (List<(string Path, Entry? Entry)> Entries, int Done) Read(Folder folder, string prefix)
    {
        var entries = new List<(string Path, Entry? Entry)>();
        var done = 0;
        foreach (var name in folder.EachName())
        {
            if (name is "." or ".." || StorePath.Parse(prefix + name) is not PathResult.Resolved)
                continue;
            var errno = folder.TryLook(name, anew: false, out var entry);
            var isText = !name.Contains('\uFFFD');
            if (errno is not (Errno.OK or Errno.ENOENT or Errno.EACCES))
                throw new StoreException("look at", folder.At(name), errno);
            // Gone again: the catalogue's side asks once more.
            if (errno == Errno.ENOENT && isText)
                continue;
            var path = prefix + name + (errno == Errno.OK && entry.Kind == EntryKind.Folder ? "/" : "");
            if (PathOrder.Instance.Compare(path, after) > 0 || path.EndsWith('/') && after.StartsWith(path, StringComparison.Ordinal))
                entries.Add((path, errno == Errno.OK ? entry : null));
            else
                done++;
        }

        entries.Sort(static (a, b) => PathOrder.Instance.Compare(a.Path, b.Path));
        return (entries, done);
    }

    private Folder? Open(Folder parent, string name, int depth)
    {
        if (depth >= Deepest)
        {
            ClosedFolders++;
            return null;
        }

        var errno = parent.TryOpen(name, out var folder);
        if (errno is Errno.OK or Errno.ENOENT)
            return folder;
        if (errno is not (Errno.EACCES or Errno.ELOOP or Errno.ENOTDIR))
            throw new StoreException("open folder", parent.At(name), errno);
        ClosedFolders++;
        return null;
    }
}
