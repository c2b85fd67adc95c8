using Understudy.Copying.Checksums;
using Understudy.Plans;

namespace Understudy.Copying.Sources;

/// <summary>One source, opened by nobody yet. Not thread-safe in making, safe in reading: its parts are read side by side.</summary>
internal abstract class SourceObject
{
    /// <summary>The source as it stands in events and in the catalogue.</summary>
    public abstract SourceUri Uri { get; }

    /// <summary>
    /// Asks for <paramref name="length"/> bytes from <paramref name="offset"/>. Returns as soon as the answer's head is there; the
    /// first read also tells the version, so that no separate HEAD is needed.
    /// </summary>
    public abstract Task<Reading> ReadAsync(long offset, long length, Condition condition, CancellationToken cancel);

    /// <summary>Asks for the checksum that the source's server keeps of the whole: where it may have one that the first answer didn't carry.</summary>
    /// <returns>A <see cref="Reading.Sum"/>, or <see cref="Reading.Unavailable"/>.</returns>
    public virtual Task<Reading> FindChecksumAsync(SourceVersion version, CancellationToken cancel) => Task.FromResult<Reading>(new Reading.Sum(null));

    /// <summary>Whether the source still is <paramref name="version"/>, where reading alone can't tell.</summary>
    public virtual bool IsStill(SourceVersion version) => true;
}

/// <summary>Which version a reader wants.</summary>
internal abstract record Condition
{
    /// <summary>Whatever is there.</summary>
    public sealed record Any : Condition;

    /// <summary>Whatever is there, unless it is this one.</summary>
    public sealed record Not(SourceVersion Version) : Condition;

    /// <summary>Only this one.</summary>
    public sealed record Only(SourceVersion Version) : Condition;
}

/// <summary>What a source answers.</summary>
internal abstract record Reading
{
    /// <param name="Length">Bytes that <paramref name="Body"/> should bring.</param>
    /// <param name="Checksum">Of the whole source, where the answer carried one.</param>
    /// <param name="MayKeepMore">Whether the server may know a checksum that this answer, for a range, didn't carry.</param>
    public sealed record Body(SourceVersion Version, long Length, Stream Stream, ExpectedChecksum? Checksum, bool MayKeepMore, IDisposable Answer) : Reading, IDisposable
    {
        public void Dispose()
        {
            Stream.Dispose();
            Answer.Dispose();
        }
    }

    /// <summary>What was asked for in place of a body; null where the server keeps none.</summary>
    public sealed record Sum(ExpectedChecksum? Checksum) : Reading;

    /// <summary>It is the version that the reader has already.</summary>
    public sealed record NotModified : Reading;

    /// <summary>It isn't the version that the reader wants any more.</summary>
    public sealed record Changed(string Reason) : Reading;

    public sealed record Gone(string Reason) : Reading;

    /// <summary>It can't be read, and trying again won't help.</summary>
    public sealed record Refused(string Reason) : Reading;

    /// <summary>May pass. <paramref name="Throttled"/>: the server asks for less.</summary>
    public sealed record Unavailable(string Reason, bool Throttled = false) : Reading;
}
