using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>Where an asset stands.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<AssetState>))]
public enum AssetState
{
    /// <summary>Its verified copy is in the store and nothing is left to do.</summary>
    Present,

    /// <summary>It has a plan that waits for its turn, a retry or room.</summary>
    Pending,

    /// <summary>A worker is at its plan.</summary>
    Running,

    /// <summary>Its plan was given up; the reason says why. An older copy may still be there.</summary>
    Dead,

    /// <summary>No copy and no plan.</summary>
    Absent,
}

/// <summary>What the worker should bring an asset to.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Goal>))]
public enum Goal
{
    Present,
    Refreshed,
    Absent,
}

/// <summary>Everything known of one asset.</summary>
public sealed record AssetView(
    AssetId Id,
    AssetState State,
    long Generation,
    string? Source,
    CopyView? Copy,
    PlanView? Plan,
    WarmthView? Warmth,
    PurgeView? Purge,
    UseView Use,
    IReadOnlyList<HistoryView> History);

/// <summary>The file in the store. <paramref name="Path"/> is relative to the store's root.</summary>
/// <param name="Checksum">CRC-32C of the bytes as written, 8 hexadecimal digits.</param>
public sealed record CopyView(
    string Path,
    long Bytes,
    string Source,
    [property: JsonPropertyName("etag")] string? ETag,
    string? VersionId,
    DateTimeOffset? SourceModified,
    string Checksum,
    DateTimeOffset CopiedAt,
    FactsView? Facts);

/// <summary>What the image's own header says. Tile size equals the image's where it isn't tiled.</summary>
/// <param name="Levels">Decompositions of the wavelet: the file holds <c>Levels + 1</c> resolutions.</param>
/// <param name="BitDepth">Bits a sample of the first component.</param>
public sealed record FactsView(
    string Format, int Width, int Height, int TileWidth, int TileHeight, int Levels, int Components, int BitDepth);

/// <summary>What came of asking the image servers for what the copy's first viewers will ask for.</summary>
/// <param name="Good">Of the requests: answered as they should be. While some are open, so far.</param>
/// <param name="Reason">The first bad answer, or what is waited for.</param>
/// <param name="WarmedAt">When all were good; null: not yet.</param>
public sealed record WarmthView(int Requested, int Good, int Bad, long Bytes, int SlowestMs, string? Reason, DateTimeOffset? WarmedAt);

/// <summary>The asset's last purge: what each cache was told, and was seen to serve.</summary>
/// <param name="DoneAt">Since when no target serves what was before; null: not yet.</param>
public sealed record PurgeView(DateTimeOffset BegunAt, DateTimeOffset? DoneAt, IReadOnlyList<PurgeTargetView> Targets, DateTimeOffset? CancelledAt = null);

/// <param name="Step"><c>owed</c>, <c>purgedOnce</c>, <c>settled</c>, <c>purgedTwice</c>, <c>clean</c>.</param>
/// <param name="At">When it came to this step.</param>
/// <param name="Failures">Since it was clean.</param>
/// <param name="DueAt">It failed, and isn't tried again before.</param>
/// <param name="Reason">Of the latest failure, or what it was seen to serve.</param>
public sealed record PurgeTargetView(string Name, string Step, DateTimeOffset At, int Failures, DateTimeOffset? DueAt, string? Reason);

/// <summary>What still has to happen to an asset.</summary>
/// <param name="DueAt">When it is tried next; the past means as soon as a worker is free.</param>
/// <param name="DeadAt">When it was given up; null while it lives.</param>
public sealed record PlanView(
    Goal Goal,
    string Stage,
    Lane Lane,
    int Attempts,
    Fault? Fault,
    string? Reason,
    DateTimeOffset DueAt,
    DateTimeOffset? DeadAt,
    string? Worker,
    long ReservedBytes,
    DateTimeOffset CreatedAt);

public sealed record UseView(long Hits, DateTimeOffset? LastUsedAt);

public sealed record HistoryView(DateTimeOffset At, string What, string? Detail);

/// <summary>One page of a list; <paramref name="Next"/> goes into <c>after</c> to get the next one, null at the end.</summary>
public sealed record PageView<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>One line of the list of assets.</summary>
public sealed record AssetSummary(
    AssetId Id, AssetState State, long? Bytes, Lane? Lane, int? Attempts, Fault? Fault, string? Reason, DateTimeOffset? DueAt, string? Stage);

/// <summary>The events are in the catalogue. <paramref name="Assets"/> is how many different assets they spoke of.</summary>
public sealed record EventsAccepted(int Events, int Assets);

/// <summary>The store against its limits, in bytes. <paramref name="MaxBytes"/> is null where no budget is set.</summary>
/// <param name="RetiredBytes">Replaced or removed files that are kept for readers that still have them open.</param>
public sealed record StoreView(
    string Root,
    long Copies,
    long UsedBytes,
    long ReservedBytes,
    long RetiredBytes,
    long? MaxBytes,
    long FileSystemFreeBytes,
    long MinFreeBytes)
{
    /// <summary>What the store may hold, by its budget or by its file system, and the marks at which eviction begins and ends.</summary>
    public long BudgetBytes { get; init; }

    public long HighWaterBytes { get; init; }

    public long LowWaterBytes { get; init; }

    /// <summary>How long a copy stays after a use, whatever room is needed.</summary>
    public double GracePeriodSeconds { get; init; }

    /// <summary>Copies that are planned to go now, and evicted files that are kept for a moment.</summary>
    public long EvictingBytes { get; init; }

    /// <summary>Plans that wait for room.</summary>
    public long WaitingForRoom { get; init; }

    /// <summary>Why no room can be made though some is needed; null: all is well.</summary>
    public string? Stuck { get; init; }

    /// <summary>When it will be at its high water mark, if it goes on growing as in the last 7 days; null: it doesn't grow, isn't known for 6 hours yet, or won't be within ten years.</summary>
    public DateTimeOffset? FullAt { get; init; }

    /// <summary>The next copies to go when room is needed, the first one first, also such as would stay and why; at most 20.</summary>
    public IReadOnlyList<CandidateView> Next { get; init; } = [];
}

/// <summary>How many plans of a lane are in a state, and since when the oldest of them is due.</summary>
public sealed record PlanCount(Lane Lane, AssetState State, long Plans, DateTimeOffset? OldestDueAt);

public sealed record WorkerView(
    Guid Id, string Node, int ProcessId, DateTimeOffset StartedAt, bool ThisOne, IReadOnlyList<RunningView> Running);

/// <param name="DoneBytes">Bytes of the copy that are on the store's disk; 0 until the source answered.</param>
public sealed record RunningView(AssetId Id, string Stage, Lane Lane, long DoneBytes, long TotalBytes);

/// <summary>A queue as one worker sees it. Counts are SQS's estimates, at most 15 s old; null until the queue was seen.</summary>
/// <param name="Fault">Why it can't be read at the moment; null: it is read.</param>
/// <param name="Held">Messages that this worker has in hand.</param>
/// <param name="LagSeconds">How long the message that was received last had been in the queue.</param>
/// <param name="DeadLetters">ARN of the queue for what was delivered <paramref name="MaxDeliveries"/> times.</param>
public sealed record QueueView(
    string Name, int Priority, int Concurrency, string? Fault, long? Waiting, long? InFlight, long? Delayed, int Held, double? LagSeconds, string? DeadLetters, int? MaxDeliveries);

/// <summary>Wants the copies of many assets warmed: those of <paramref name="Ids"/>, or of a customer, or of one of its spaces.</summary>
/// <param name="OnlyCold">Leaves out what is warm by what the catalogue knows.</param>
/// <param name="Rate">Assets a second at most; null: as fast as the image servers answer.</param>
public sealed record WarmingRequest(int? Customer = null, int? Space = null, IReadOnlyList<AssetId>? Ids = null, bool OnlyCold = false, double? Rate = null);

/// <summary>A bulk warming. <paramref name="Total"/> = done + skipped + failed + waiting + what isn't planned yet.</summary>
/// <param name="Skipped">Had no copy, were warm already, or another bulk warming is at them.</param>
/// <param name="Failed">Given up; the assets' plans say why.</param>
/// <param name="GoodRequests">Answers, not assets.</param>
public sealed record WarmingView(
    Guid Id,
    int? Customer,
    int? Space,
    bool IsList,
    bool OnlyCold,
    double? Rate,
    string? RequestedBy,
    long Total,
    long Done,
    long Skipped,
    long Failed,
    long Waiting,
    long GoodRequests,
    long BadRequests,
    long Bytes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? CancelledAt,
    double? SecondsLeft);

/// <summary>A node of an image server, as one worker's warming sees it.</summary>
/// <param name="PausedUntil">It was overloaded or away, and is left alone for so long.</param>
/// <param name="Permitted">Requests at once that it bears beside its viewers, by how fast it answers; below 1 with rests between.</param>
/// <param name="Pauses">How often it was left alone since the worker started.</param>
public sealed record NodeView(
    string Cluster, string Address, DateTimeOffset? PausedUntil, double Permitted, int InFlight, long PixelsInFlight, int Queued, long Pauses);
