namespace Understudy.Copying.Store;

internal sealed partial class StoreFolder
{
    /// <summary>
    /// After this returns, the former attempt neither publishes nor removes, though its process may only be paused; what it did before
    /// stays done. May be called again, by anyone, at any time; after a crash half-way, the next attempt calls it again.
    ///
    /// The former's steps: (c1) create <c>part</c>, exclusively; (c2) create <c>journal</c>, exclusively, or stop; (p) rename <c>part</c>
    /// to the final name; or (r) rename the final name to <c>retired/former</c>.
    /// Ours: (b1) create an empty <c>journal</c> exclusively, the tombstone; (b2) rename <c>part</c> to <c>salvage</c>; (b3) make a
    /// folder <c>retired/former</c>.
    ///
    /// <b>Publishing.</b> The server puts b1 and c2 in an order, for both create one name exclusively. If b1 came first, c2 fails, and
    /// the former stops before p (a <c>part</c> of c1 it takes back, or b2 took it). If c2 came first, so did c1: from then on
    /// <c>part</c> is a file until p, b2 or a discard takes the name away, each atomically, and it doesn't come back: an attempt begins once
    /// (should it try again after a discard or a fence, its journal stops it at c2). So after b2 the name is gone: either p came before,
    /// and the file was published before we returned, or p fails with ENOENT.
    /// Nobody ever plants anything at <c>part</c>: a folder there, which would bar c1 as well, could be renamed to a final
    /// name that is free. And p's source stands in a folder that never moves: an NFS client may use a moved folder's handle for a minute.
    ///
    /// <b>Removing.</b> r moves a file onto <c>retired/former</c>, once an attempt. b3 before r: a file can't be renamed onto a folder. If
    /// b3 finds a file there instead, r was done, or the former linked it there for a p that b2 has barred.
    /// </summary>
    /// <exception cref="StoreException">
    /// The former is not fenced: go no further. <see cref="StoreException.NoSpace"/> when the disk has no room for the tombstones.
    /// </exception>
    public void Fence(Guid former)
    {
        using var copying = Copying();
        using var retired = Retired();

        _before(StoreStep.BarBegin);
        var errno = copying.TryCreate(JournalName(former), out var tombstone);
        tombstone?.Dispose();
        Expect(errno, Errno.EEXIST, "create", copying.At(JournalName(former)));

        _before(StoreStep.TakePart);
        errno = copying.TryRename(PartName(former), copying, SalvageName(former));
        Expect(errno, Errno.ENOENT, "rename", copying.At(PartName(former)));

        _before(StoreStep.BarRetire);
        errno = retired.TryMake(RetiredName(former));
        Expect(errno, Errno.EEXIST, "make folder", retired.At(RetiredName(former)));

        _before(StoreStep.SyncBars);
        Sync(copying);
        Sync(retired);
    }

    /// <summary>Whether a fenced attempt left anything.</summary>
    public bool HasSalvage(Guid former)
    {
        using var copying = Copying();
        return copying.Look(SalvageName(former)) is not null;
    }

    /// <summary>What a fenced attempt left of this version; null when there is nothing to use.</summary>
    public Salvage? OpenSalvage(Guid former, string version)
    {
        using var copying = Copying();
        using var journal = copying.OpenFile(JournalName(former));
        if (journal is null)
            return null;

        var text = new byte[RandomAccess.GetLength(journal)];
        var parts = PartJournal.Read(text.AsSpan(0, RandomAccess.Read(journal, text, 0)), version);
        var file = parts.Count == 0 ? null : copying.OpenFile(SalvageName(former));
        if (file is null)
            return null;

        var length = RandomAccess.GetLength(file);
        return new Salvage(file, length, [.. parts.Where(p => p.Offset <= length - p.Length)]);
    }

    /// <summary>
    /// The file that a fenced attempt took out of the store, and may have died over before it could say so; null: there is none. One that has another name
    /// still is no such file: the former only got as far as linking it.
    /// </summary>
    public (string Name, long Bytes)? AsideOf(Guid former)
    {
        using var retired = Retired();
        return retired.Look(RetiredName(former)) is { Kind: EntryKind.File, Names: 1 } file ? (RetiredName(former), file.Length) : null;
    }

    /// <summary>Frees what was left of a fenced attempt. Its journal is emptied, not deleted: the name goes on saying that it has begun.</summary>
    public void DropSalvage(Guid former)
    {
        using var copying = Copying();
        Expect(copying.TryDeleteFile(SalvageName(former)), Errno.ENOENT, "delete", copying.At(SalvageName(former)));
        Expect(copying.TryEmptyFile(JournalName(former)), Errno.ENOENT, "empty", copying.At(JournalName(former)));
    }

    private static void Expect(Errno errno, Errno alsoFine, string operation, string path)
    {
        if (errno != Errno.OK && errno != alsoFine)
            throw new StoreException(operation, path, errno);
    }
}
