namespace Understudy.Copying.Store;

internal sealed partial class StoreFolder
{
    /// <summary>What lies in <c>copying/</c>. Whose attempt is alive is the catalogue's to say.</summary>
    public IReadOnlyList<Leftover> Temporaries()
    {
        using var folder = Copying();
        return List(folder, ReservedFolders.Copying);
    }

    /// <summary>What lies in <c>retired/</c>: to be deleted when older than the grace period.</summary>
    public IReadOnlyList<Leftover> RetiredFiles()
    {
        using var folder = Retired();
        return List(folder, ReservedFolders.Retired);
    }

    /// <summary>Deletes one of them; false when it was gone, or has become something else since it was listed.</summary>
    /// <exception cref="ArgumentException">It is foreign.</exception>
    public bool Delete(Leftover leftover)
    {
        if (leftover.Kind == LeftoverKind.Foreign)
            throw new ArgumentException($"'{leftover.Name}' was not made by this service", nameof(leftover));

        using var folder = ReservedFolders.Open(_root, leftover.Folder);
        if (folder.Look(leftover.Name) is not { } entry
            || LeftoverNames.Classify(leftover.Folder, leftover.Name, entry).Kind != leftover.Kind)
            return false;

        var errno = entry.Kind == EntryKind.Folder ? folder.TryDeleteFolder(leftover.Name) : folder.TryDeleteFile(leftover.Name);
        Expect(errno, Errno.ENOENT, "delete", folder.At(leftover.Name));
        return errno == Errno.OK;
    }

    private List<Leftover> List(Folder folder, string name)
    {
        // The NAS stamps the files by its own clock, so ages count from what that said at start; the steady clock adds what passed since.
        var now = _openedAt + _time.GetElapsedTime(_openedTicks);
        var found = new List<Leftover>();
        foreach (var file in folder.Names())
        {
            if (folder.Look(file) is not { } entry)
                continue;
            var (kind, attempt) = LeftoverNames.Classify(name, file, entry);
            var age = now - entry.Changed;
            found.Add(new Leftover(
                kind, name, file, attempt, entry.Kind == EntryKind.File ? entry.Length : 0, age > TimeSpan.Zero ? age : TimeSpan.Zero));
        }

        return found;
    }
}
