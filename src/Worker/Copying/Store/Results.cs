namespace Understudy.Copying.Store;

/// <summary>How <see cref="StoreFolder.Begin"/> ended.</summary>
internal abstract record BeginResult
{
    /// <param name="Part">The caller's, to publish or discard, and to dispose.</param>
    internal sealed record Begun(PartialFile Part) : BeginResult;

    /// <summary>A later attempt has fenced this one, or it began before (an attempt begins once): stop, and touch nothing more.</summary>
    internal sealed record Superseded : BeginResult;

    internal sealed record NoSpace : BeginResult;
}

/// <summary>How <see cref="StoreFolder.Publish"/> ended.</summary>
internal abstract record PublishResult
{
    /// <param name="Retired">The name in <c>retired/</c> under which readers keep the replaced file, if there was one and it could be kept.</param>
    /// <param name="Bytes">Of the new file.</param>
    /// <param name="Replaced">Bytes of the replaced file, or null when there was none.</param>
    internal sealed record Published(string? Retired, long Bytes, long? Replaced) : PublishResult;

    /// <summary>A later attempt has fenced this one; the final name was left alone.</summary>
    internal sealed record Superseded : PublishResult;

    /// <summary>Something stands in the way that is no copy of ours: a folder, a symlink, another file system.</summary>
    internal sealed record Refused(string Reason) : PublishResult;

    /// <summary>
    /// The old file stands as it did. The part is spent, for a flush that failed may have dropped bytes: make room, and start a new attempt,
    /// which can salvage it.
    /// </summary>
    internal sealed record NoSpace : PublishResult;
}

/// <summary>How <see cref="StoreFolder.Remove"/> ended.</summary>
internal abstract record RemoveResult
{
    /// <param name="Retired">The name in <c>retired/</c>; the bytes are freed when it is deleted.</param>
    internal sealed record Removed(string Retired, long Bytes) : RemoveResult;

    /// <summary>There was no file.</summary>
    internal sealed record Absent : RemoveResult;

    /// <summary>A later attempt has fenced this one; the file was left alone.</summary>
    internal sealed record Superseded : RemoveResult;

    internal sealed record Refused(string Reason) : RemoveResult;

    /// <summary>Even the reserved folder can't take one more name. The file was left alone.</summary>
    internal sealed record NoSpace : RemoveResult;
}
