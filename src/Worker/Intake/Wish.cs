using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Purging;

namespace Understudy.Intake;

/// <summary>
/// What one or many events want of an asset. Wishes for the same asset merge into one, so that ten thousand events cost the
/// catalogue one row.
/// </summary>
/// <param name="Change">What the newest event about the bytes asks for; null where there was none.</param>
/// <param name="Force">Look at the store and the source even where the catalogue has a copy.</param>
internal sealed record Wish(AssetId Id, Change? Change, Lane Lane, int Hits, bool Force)
{
    /// <summary>Caches are to forget it, though nothing happened to its bytes.</summary>
    public AskedPurge? Purge { get; init; }

    /// <summary>What stands for its customer's number in public URLs, where an event said so.</summary>
    public string? CustomerName { get; init; }

    /// <summary>Has it anything for the intake, beside a purge?</summary>
    public bool IsOfBytes => Change is not null || Hits > 0 || Force;

    /// <summary>An image was asked for; its bytes are as they were.</summary>
    public static Wish Use(AssetId id, Lane lane, bool force = false) => new(id, null, lane, 1, force);

    /// <param name="received">
    /// Stands in for an event that doesn't say when it happened, or says a time that is still to come: that would make
    /// everything that happens until then look old.
    /// </param>
    public static Wish From(AssetEvent happened, DateTimeOffset received)
    {
        var at = (happened.At is { } said && said < received ? said : received).ToUniversalTime();
        var wish = happened switch
        {
            InfoJsonRequested => Use(happened.Id, Lane.Hit),
            AssetIngested e => new(e.Id, new Change(Goal.Present, NamedSource.Of(e.Source, at), at), e.Lane ?? Lane.Ingest, 0, false),
            SourceUpdated e => new(e.Id, new Change(Goal.Refreshed, NamedSource.Of(e.Source, at), at), Lane.Ingest, 0, false),
            IngestStarted e => new(e.Id, new Change(Goal.Refreshed, null, at, IsAnnounced: true), Lane.Ingest, 0, false),
            AssetDeleted e => new(e.Id, new Change(Goal.Absent, null, at) { DeleteFrom = TargetChoice.OfDeletion(e.DeleteFrom) }, Lane.Ingest, 0, false),
            PurgeRequested e => new(e.Id, null, Lane.Ingest, 0, false) { Purge = new AskedPurge(e.Targets, e.Recopy, e.Warm, e.Reason) },
            _ => throw new ArgumentException($"no rule for events of type {happened.GetType().Name}"),
        };
        return wish with { CustomerName = happened.CustomerName };
    }

    /// <summary>Both wishes in one; in which order they came makes no difference, but for changes of the same time (see <see cref="Change.And"/>).</summary>
    public Wish And(Wish later) => new(
        Id,
        Change is null ? later.Change : later.Change is null ? Change : Change.And(later.Change),
        Lane < later.Lane ? Lane : later.Lane,
        Hits + later.Hits,
        Force || later.Force)
    {
        Purge = Purge is null ? later.Purge : later.Purge is null ? Purge : Purge.And(later.Purge),
        CustomerName = later.CustomerName ?? CustomerName,
    };
}

/// <summary>The newest thing known about an asset's bytes.</summary>
/// <param name="IsAnnounced">They are about to change, and have not yet: the plan waits for that first.</param>
internal sealed record Change(Goal Goal, NamedSource? Source, DateTimeOffset At, bool IsAnnounced = false)
{
    /// <summary>Of a deletion: which targets (<see cref="TargetChoice"/>) are to forget it; null: all.</summary>
    public IReadOnlyList<string>? DeleteFrom { get; init; }

    /// <summary>Where its plan begins.</summary>
    public string Stage => Goal == Goal.Absent ? Stages.Remove : IsAnnounced ? Stages.Await : Stages.Copy;

    /// <summary>
    /// The newer one decides; of two of the same time the one that came later. But what has happened counts before what was only
    /// announced for the same time, whichever came first: an ingest that is over must not be waited for.
    /// </summary>
    public Change And(Change later)
    {
        var (older, newer) = later.At > At || later.At == At && (IsAnnounced || !later.IsAnnounced) ? (this, later) : (later, this);
        return newer with { Source = NamedSource.Newest(older.Source, newer.Source) };
    }
}

/// <summary>The newest source that was named, and when: an event that names none leaves it as it is, also one that overtook it.</summary>
internal sealed record NamedSource(string Uri, DateTimeOffset At)
{
    public static NamedSource? Of(string? uri, DateTimeOffset at) => uri is null ? null : new(uri, at);

    public static NamedSource? Newest(NamedSource? one, NamedSource? other) => one is null || other?.At >= one.At ? other : one;
}
