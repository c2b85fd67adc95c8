using Understudy.Contracts;
using Understudy.Copying.Images;

namespace Understudy.Plans;

/// <summary>What came of one attempt at a stage. Expected failures are values; an exception is a bug.</summary>
internal abstract record Outcome
{
    /// <summary>A verified copy stands under its final name.</summary>
    public sealed record Copied(CopyRecord Copy, RetiredFile? Replaced, bool Adopted) : Outcome;

    /// <summary>The copy in the store is the source's present version: nothing was copied.</summary>
    public sealed record AlreadyThere(CopyRecord Copy) : Outcome;

    /// <summary>No file of this asset is in the store any more.</summary>
    public sealed record Removed(RetiredFile? Retired) : Outcome;

    /// <summary>The copy was taken out of the store to make room.</summary>
    public sealed record Evicted(RetiredFile? Retired) : Outcome;

    /// <summary>The copy was to make room, and stays after all.</summary>
    /// <param name="UsedAt">A use that the catalogue didn't know of.</param>
    public sealed record Kept(string Why, DateTimeOffset? UsedAt) : Outcome;

    /// <summary>The source changed while it was read: begin again soon, with the new version.</summary>
    public sealed record SourceChanged(string Reason) : Outcome;

    /// <summary>Another attempt has taken over; this one must leave no trace.</summary>
    public sealed record Superseded : Outcome;

    /// <summary>The worker is stopping; nothing is wrong with the plan.</summary>
    public sealed record Stopped : Outcome;

    /// <summary>What the plan waits for hasn't happened: looked at again later, without using up attempts.</summary>
    /// <param name="Baseline">What was seen, to be held against what the next look sees; null leaves what is known.</param>
    public sealed record NotYet(string Reason, string? Baseline = null) : Outcome
    {
        public TimeSpan Pause { get; init; }
    }

    /// <summary>The stage is done, and the plan goes on with another one at once.</summary>
    /// <param name="What">For the history, with <paramref name="Note"/> as the detail.</param>
    /// <param name="Source">Where the source is, where this stage learnt that; counts unless a newer event has named one.</param>
    public sealed record GoOn(string Stage, string What, string Note, LearntSource? Source = null) : Outcome;

    /// <summary>There is nothing to do for this asset, and no copy of it.</summary>
    public sealed record NothingToDo(string Reason) : Outcome;

    /// <summary>All that the asset's first viewers will ask for was answered well by the image servers.</summary>
    public sealed record Warmed(string Note) : Outcome;

    /// <summary>No cache serves what was made of older bytes any more, and nothing is left to do.</summary>
    public sealed record Purged(string Note) : Outcome;

    /// <summary>Not enough room now; waits without using up attempts.</summary>
    /// <param name="Bytes">That there would have to be room for, where that is known.</param>
    public sealed record NoRoom(string Reason, long? Bytes = null) : Outcome;

    /// <summary>May pass: tried again later, up to the limit of attempts.</summary>
    public sealed record Failed(string Reason) : Outcome;

    /// <summary>Will not pass by itself: the plan is given up at once.</summary>
    public sealed record Hopeless(Fault Fault, string Reason) : Outcome;
}

/// <summary>A source that no event named.</summary>
/// <param name="At">Since when it is so.</param>
internal sealed record LearntSource(string Uri, DateTimeOffset At);

/// <summary>The file of one asset in the store, as the catalogue knows it.</summary>
/// <param name="Path">Relative to the store's root.</param>
internal sealed record CopyRecord(string Path, string Source, SourceVersion Version, uint Crc32C, ImageFacts? Facts);

/// <summary>What identifies the bytes of a source.</summary>
/// <param name="ETag">As the source sends it, with its quotes.</param>
internal sealed record SourceVersion(string ETag, string? VersionId, DateTimeOffset? Modified, long Length);

/// <summary>A file under <c>.understudy/retired</c> that readers may still have open.</summary>
internal sealed record RetiredFile(string Name, long Bytes);
