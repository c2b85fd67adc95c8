using Understudy.Contracts;
using Understudy.Copying.Checksums;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>
/// Brings the source's present version into the store: look, reserve, fetch in parts, verify, publish.
/// Nothing stands under the final name that wasn't verified, and nothing is fetched that is there already.
/// </summary>
internal sealed class CopyStage(
    PathTemplate paths,
    SourceFinder sources,
    StoreFolder store,
    Reservations reservations,
    Opening opening,
    Transfer transfer,
    Verification verification,
    SourceOptions options) : IStage
{
    public string Name => Stages.Copy;

    public async Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        try
        {
            Fencing.Fence(store, attempt);
            return await FindAndCopyAsync(attempt, cancel);
        }
        catch (IOException e)
        {
            return StoreFailures.ToOutcome(e);
        }
    }

    private async Task<Outcome> FindAndCopyAsync(Attempt attempt, CancellationToken cancel)
    {
        switch (paths.Resolve(attempt.Id))
        {
            case PathResult.Refused(var reason):
                return new Outcome.Hopeless(Fault.BadSource, reason);
            case PathResult.Resolved(var path):
                if (sources.Find(attempt.Id, attempt.Source, out var error) is not { } source)
                    return new Outcome.Hopeless(attempt.Source is null ? Fault.SourceGone : Fault.BadSource, error);
                return store.ObstacleAt(path) is { } obstacle
                    ? new Outcome.Hopeless(Fault.BadSource, obstacle)
                    : await CopyAsync(attempt, source, path, cancel);
            default:
                throw new InvalidOperationException("no such result");
        }
    }

    private async Task<Outcome> CopyAsync(Attempt attempt, SourceObject source, StorePath path, CancellationToken cancel)
    {
        var have = attempt.Recopies ? null : await FindKnownAsync(attempt, source, path, cancel);

        var (opened, reading) = await opening.OpenAsync(attempt, source, have is null ? new Condition.Any() : new Condition.Not(have.Version), cancel);
        using (opened)
        {
            if (opened is not null)
                return await TakeInAsync(attempt, source, path, opened, cancel);
        }

        if (reading is not Reading.NotModified || have is null)
            return Readings.ToOutcome(reading);
        Fencing.Drop(store, attempt);
        return new Outcome.AlreadyThere(have);
    }

    /// <summary>The catalogue's copy, where it is the store's file.</summary>
    private async Task<CopyRecord?> FindKnownAsync(Attempt attempt, SourceObject source, StorePath path, CancellationToken cancel)
    {
        // A version means something only together with its source: two files can have one time and length.
        if (attempt.Copy is not { } copy || copy.Path != path.Text || copy.Source != source.Uri.ToString() || store.Find(path)?.Length != copy.Version.Length)
            return null;
        // A former attempt may have published another version of the same length, and died before it could say so.
        return attempt.Formers.Count == 0 || await verification.IsInStoreAsync(copy, path, cancel) ? copy : null;
    }

    private async Task<Outcome> TakeInAsync(Attempt attempt, SourceObject source, StorePath path, Opened opened, CancellationToken cancel)
    {
        if (Formats.Refuse(opened.First.Span, source, options) is { } otherFormat)
            return otherFormat;

        var version = opened.Body.Version;
        var (expected, unknown) = await opening.FindChecksumAsync(source, opened.Body, cancel);
        if (unknown is not null)
            return unknown;
        if (await verification.RecogniseAsync(path, source, version, expected, cancel) is { } there)
        {
            Fencing.Drop(store, attempt);
            return new Outcome.Copied(there, Replaced: null, Adopted: true);
        }

        // What a former attempt left stays on the disk until it is taken over; it needs its room as well.
        using var left = new LeftBehind(store, attempt, version);
        if (await reservations.ReserveAsync(attempt, version.Length, Uncounted(attempt, path), left, cancel) is { } refused)
            return refused;

        attempt.LeavesNothing = false;
        switch (store.Begin(attempt.Token, version.ETag))
        {
            case BeginResult.Begun(var file):
                using (file)
                {
                    var outcome = await FillAsync(attempt, source, path, file, expected, left, opened, cancel);
                    if (outcome is Outcome.NoRoom)
                        left.Drop();
                    return outcome;
                }

            case BeginResult.Superseded:
                return new Outcome.Superseded();
            default:
                attempt.LeavesNothing = true;
                return new Outcome.NoRoom("the store's file system has no room for one more file");
        }
    }

    private async Task<Outcome> FillAsync(
        Attempt attempt, SourceObject source, StorePath path, PartialFile file, ExpectedChecksum? expected, LeftBehind left, Opened opened, CancellationToken cancel)
    {
        var version = opened.Body.Version;
        if (file.Preallocate(version.Length) == Wrote.NoSpace)
            return Drop(attempt, file, new Outcome.NoRoom($"the store's file system can't take {version.Length} bytes"));

        var transferred = await transfer.RunAsync(attempt, source, file, expected, left, opened, cancel);
        if (transferred.Failure is { } broken)
            return transferred.CanGoOn ? broken : Drop(attempt, file, broken);

        var (facts, failure) = verification.Check(file, source, version, expected, transferred);
        if (failure is not null)
            return Drop(attempt, file, failure);

        return store.Publish(file, path) switch
        {
            PublishResult.Published p => new Outcome.Copied(
                new CopyRecord(path.Text, source.Uri.ToString(), version, transferred.Crc32C, facts),
                p.Retired is { } name ? new RetiredFile(name, p.Replaced ?? 0) : null,
                Adopted: false),
            PublishResult.Superseded => new Outcome.Superseded(),
            PublishResult.Refused(var reason) => Drop(attempt, file, new Outcome.Hopeless(Fault.BadSource, reason)),
            _ => Drop(attempt, file, new Outcome.NoRoom("the store's file system has no room to put the old file aside")),
        };
    }

    /// <summary>Bytes of a file in its place that isn't the catalogue's: it is counted from when it is put aside for the new one.</summary>
    private long Uncounted(Attempt attempt, StorePath path) =>
        store.Find(path) is { } there && (attempt.Copy is not { } copy || copy.Path != path.Text || copy.Version.Length != there.Length) ? there.Length : 0;

    private Outcome Drop(Attempt attempt, PartialFile file, Outcome outcome)
    {
        store.Discard(file);
        attempt.LeavesNothing = true;
        return outcome;
    }
}
