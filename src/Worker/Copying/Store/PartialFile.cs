using Microsoft.Win32.SafeHandles;

namespace Understudy.Copying.Store;

/// <summary>
/// The temporary file of one attempt, with its journal. Disposing closes both and leaves them for the next attempt to salvage;
/// <see cref="StoreFolder.Discard"/> deletes them. Writes may come from many threads, each to its own range.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly SafeFileHandle _journal;
    private readonly Lock _append = new();
    private long _journalLength;
    private int _writing;
    private volatile bool _spent;

    private PartialFile(Guid attempt, SafeFileHandle handle, SafeFileHandle journal) =>
        (Attempt, Handle, _journal) = (attempt, handle, journal);

    public Guid Attempt { get; }

    public SafeFileHandle Handle { get; }

    /// <exception cref="IOException">Among others for want of space.</exception>
    public static PartialFile Start(Guid attempt, SafeFileHandle handle, SafeFileHandle journal, string version)
    {
        var part = new PartialFile(attempt, handle, journal);
        part.Append(PartJournal.Header(version));
        return part;
    }

    /// <summary>
    /// Takes the room at once, so that a full disk shows before the download. Where the file system can't (NFS before 4.2), only the
    /// length is set: then a full disk shows while writing.
    /// </summary>
    public Wrote Preallocate(long bytes)
    {
        var errno = bytes == 0 ? Errno.OK : Posix.Retry(() => Posix.Allocate(Handle, 0, 0, bytes));
        if (errno.IsUnsupported())
            errno = Posix.Retry(() => Posix.Truncate(Handle, bytes));
        return errno switch
        {
            Errno.OK => Wrote.Done,
            _ when errno.IsNoSpace() => Wrote.NoSpace,
            _ => throw new StoreException("preallocate", $"{Attempt:N}.part", errno),
        };
    }

    /// <summary>On this thread: it ends in the page cache, where an asynchronous write only does the same on another one.</summary>
    public Wrote Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            if (_spent)
                throw new InvalidOperationException("the part was given to Publish; nothing may be written to it any more");
            RandomAccess.Write(Handle, bytes, offset);
            return Wrote.Done;
        }
        catch (IOException e) when (StoreException.IsNoSpace(e))
        {
            return Wrote.NoSpace;
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    /// <summary>Notes a part that was written whole. What isn't noted is fetched again by the next attempt.</summary>
    public Wrote Record(PartRecord part)
    {
        try
        {
            Append(PartJournal.Line(part));
            return Wrote.Done;
        }
        catch (IOException e) when (StoreException.IsNoSpace(e))
        {
            return Wrote.NoSpace;
        }
    }

    /// <summary>Before publishing: from here on these bytes may be read under the final name, so no write may be under way or follow.</summary>
    public void Spend()
    {
        if (_spent)
            throw new InvalidOperationException("a part is published once; start a new attempt");
        _spent = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _writing) != 0)
            throw new InvalidOperationException("a write to the part is still under way; publish after the last one");
    }

    public void Dispose()
    {
        Handle.Dispose();
        _journal.Dispose();
    }

    private void Append(byte[] line)
    {
        lock (_append)
        {
            RandomAccess.Write(_journal, line, _journalLength);
            _journalLength += line.Length;
        }
    }
}
