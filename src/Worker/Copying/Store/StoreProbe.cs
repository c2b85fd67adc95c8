namespace Understudy.Copying.Store;

/// <summary>Tries at start what the store will rely on, with files of its own that it takes away again.</summary>
internal static class StoreProbe
{
    /// <summary>Of a probe's file, should one be left by a crash.</summary>
    public const string Suffix = ".probe";

    /// <returns>Also the file system's own time, as it stamped the probe. Null: it is full, and nothing can be tried; but nobody else would make room.</returns>
    /// <exception cref="StoreException">The store can't be used; the message says why.</exception>
    public static (StoreTraits Traits, DateTimeOffset Now)? Run(Folder root, Folder copying, Folder retired)
    {
        // Upper and lower case, and é in both of Unicode's spellings: two ids that differ in these must not share a file.
        var stem = $"{Guid.NewGuid():N}-a\u00e9";
        var name = stem + Suffix;
        var created = copying.TryCreate(name, out var file);
        if (created.IsNoSpace())
            return null;
        Must(created, "write", copying, name);
        using var made = file!;
        try
        {
            foreach (var twin in new[] { stem.Replace("-a", "-A") + Suffix, stem.Replace("\u00e9", "e\u0301") + Suffix })
            {
                if (copying.Look(twin) is not null)
                    throw new StoreException($"'{root.Path}' takes '{name}' and '{twin}' for one file, so two assets could share one; use a file system that keeps case and spelling apart");
            }

            var linked = copying.TryLink(name, retired, name);
            _ = retired.TryDeleteFile(name);

            foreach (var elsewhere in new[] { retired, root })
            {
                // A rename that works is the only proof: a bind mount has the same device number, and still can't be crossed.
                var aside = "." + name;
                var renamed = copying.TryRename(name, elsewhere, aside);
                if (renamed.IsNoSpace())
                    return null;
                Must(renamed, "rename from .understudy to", elsewhere, aside);
                Must(elsewhere.TryRename(aside, copying, name), "rename into .understudy from", elsewhere, aside);
            }

            return (new StoreTraits(linked == Errno.OK || linked.IsNoSpace(), copying.TrySync() == Errno.OK), Folder.Describe(made, name).Changed);
        }
        finally
        {
            _ = copying.TryDeleteFile(name);
        }
    }

    private static void Must(Errno errno, string operation, Folder folder, string name)
    {
        if (errno != Errno.OK)
            throw new StoreException(operation, folder.At(name), errno);
    }
}
