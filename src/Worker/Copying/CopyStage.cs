using Understudy.Contracts;
using Understudy.Copying.Checksums;
using Understudy.Copying.Flow;
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
    PartFetcher fetcher,
    Transfer transfer,
    Verification verification,
    CopyOptions options,
    TimeProvider time) : IStage
{
    public string Name => Stages.Copy;

    public async Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        Fencing.Fence(store, attempt);
        switch (paths.Resolve(attempt.Id))
        {
            case PathResult.Refused(var reason):
                return new Outcome.Hopeless(Fault.BadSource, reason);
            case PathResult.Resolved(var path):
                if (sources.Find(attempt.Id, attempt.Source, out var error) is not { } source)
                    return new Outcome.Hopeless(attempt.Source is null ? Fault.SourceGone : Fault.BadSource, error);
                return await CopyAsync(attempt, source, path, cancel);
            default:
                throw new InvalidOperationException("no such result");
        }
    }

    private async Task<Outcome> CopyAsync(Attempt attempt, SourceObject source, StorePath path, CancellationToken cancel)
    {
        var have = await FindKnownAsync(attempt, path, cancel);

        // The first read tells the version, and brings the first part (most files' only one) with the same request.
        using var slot = await fetcher.EnterAsync(attempt, have is null ? options.PartSize : 1, cancel);
        var asked = time.GetTimestamp();
        switch (await fetcher.AskAsync(source, 0, options.PartSize, have is null ? new Condition.Any() : new Condition.Not(have.Version), cancel))
        {
            case Reading.Body body:
                using (body)
                    return await TakeInAsync(attempt, source, path, new Opened(body, slot, time.GetElapsedTime(asked)), cancel);
            case Reading.NotModified when have is not null:
                return new Outcome.AlreadyThere(have with { Source = source.Uri.ToString() });
            case var reading:
                slot.Finished(TimeSpan.Zero, 0, reading is Reading.Unavailable { Throttled: true } ? FetchOutcome.Throttled : FetchOutcome.Failed);
                return Readings.ToOutcome(reading);
        }
    }

    /// <summary>The catalogue's copy, where it is the store's file.</summary>
    private async Task<CopyRecord?> FindKnownAsync(Attempt attempt, StorePath path, CancellationToken cancel)
    {
        if (attempt.Copy is not { } copy || copy.Path != path.Text || store.Find(path)?.Length != copy.Version.Length)
            return null;
        // A former attempt may have published another version of the same length, and died before it could say so.
        return attempt.Formers.Count == 0 || await verification.IsInStoreAsync(copy, path, cancel) ? copy : null;
    }

    private async Task<Outcome> TakeInAsync(Attempt attempt, SourceObject source, StorePath path, Opened opened, CancellationToken cancel)
    {
        var version = opened.Body.Version;
        var expected = await fetcher.FindChecksumAsync(source, opened.Body, cancel);
        if (await verification.RecogniseAsync(path, source, version, expected, cancel) is { } there)
            return new Outcome.Copied(there, Replaced: null, Adopted: true);

        // What a former attempt left stays on the disk until it is taken over; it needs its room as well.
        using var left = new LeftBehind(store, attempt.Formers, version);
        if (await reservations.ReserveAsync(attempt, version.Length + left.Bytes, cancel) is { } refused)
            return refused;

        switch (store.Begin(attempt.Token, version.ETag))
        {
            case BeginResult.Begun(var file):
                using (file)
                    return await FillAsync(attempt, source, path, file, expected, left, opened, cancel);
            case BeginResult.Superseded:
                return new Outcome.Superseded();
            default:
                return new Outcome.NoRoom("the store's file system has no room for one more file");
        }
    }

    private async Task<Outcome> FillAsync(
        Attempt attempt, SourceObject source, StorePath path, PartialFile file, ExpectedChecksum? expected, LeftBehind left, Opened opened, CancellationToken cancel)
    {
        var version = opened.Body.Version;
        if (file.Preallocate(version.Length) == Wrote.NoSpace)
            return Drop(file, new Outcome.NoRoom($"the store's file system can't take {version.Length} bytes"));

        var transferred = await transfer.RunAsync(attempt, source, file, expected, left, opened, cancel);
        if (transferred.Failure is { } broken)
            return transferred.CanGoOn ? broken : Drop(file, broken);

        var (facts, failure) = verification.Check(file, source, version, expected, transferred);
        if (failure is not null)
            return Drop(file, failure);

        return store.Publish(file, path) switch
        {
            PublishResult.Published p => new Outcome.Copied(
                new CopyRecord(path.Text, source.Uri.ToString(), version, transferred.Crc32C, facts),
                p.Retired is { } name ? new RetiredFile(name, p.Replaced ?? 0) : null,
                Adopted: false),
            PublishResult.Superseded => new Outcome.Superseded(),
            PublishResult.Refused(var reason) => Drop(file, new Outcome.Hopeless(Fault.BadSource, reason)),
            _ => Drop(file, new Outcome.NoRoom("the store's file system has no room to put the old file aside")),
        };
    }

    private Outcome Drop(PartialFile file, Outcome outcome)
    {
        store.Discard(file);
        return outcome;
    }
}
