using Understudy.Contracts;
using Understudy.Copying.Flow;

namespace Understudy.Plans;

/// <summary>One try at one stage of an asset's plan, by the worker that holds the lease.</summary>
/// <param name="Token">The fencing token: whoever holds the newest one may publish, remove and settle; nobody else.</param>
/// <param name="Formers">Tokens of attempts before it, oldest first, which may have left files, or may still be running somewhere.</param>
/// <param name="Attempts">Failed attempts so far.</param>
internal sealed record Attempt(
    AssetId Id,
    Guid Token,
    IReadOnlyList<Guid> Formers,
    string Stage,
    long Generation,
    int Attempts,
    string? Source,
    CopyRecord? Copy,
    FlowTicket Ticket)
{
    /// <summary>The ingest that the plan waits, or waited, for.</summary>
    public AnnouncedIngest? Announcement { get; init; }

    /// <summary>Whose slots it takes.</summary>
    public Pool Pool { get; init; }

    /// <summary>The source is read again, whatever is known of the copy.</summary>
    public bool Recopies { get; init; }

    public Progress Progress { get; } = new();

    /// <summary>Files that formers had taken out of the store when they died over it: nobody has said so yet.</summary>
    public IReadOnlyList<RetiredFile> LeftAside { get; set; } = [];

    /// <summary>
    /// Set while it hasn't changed anything of its asset in the store, or has taken it back: once it is settled, nobody has to fence it. (A bar costs two inodes for a
    /// day; a plan that waits for room is tried thousands of times in one.)
    /// </summary>
    public bool LeavesNothing { get; set; }

    /// <summary>Set when none of the formers can do anything any more, and nothing that they left is wanted: they can be forgotten, once this attempt is remembered.</summary>
    public bool HasFenced { get; set; }
}

/// <summary>An ingest that was announced.</summary>
/// <param name="At">When, by the event.</param>
/// <param name="Baseline">What the source was at the first look, in the words of the stage that looked; null before.</param>
internal sealed record AnnouncedIngest(DateTimeOffset At, string? Baseline);

/// <summary>How far an attempt is, in bytes; written by its parts, read by whoever looks.</summary>
internal sealed class Progress
{
    private long _done;

    public long Total { get; set; }

    public long Done => Interlocked.Read(ref _done);

    public void Add(long bytes) => Interlocked.Add(ref _done, bytes);
}
