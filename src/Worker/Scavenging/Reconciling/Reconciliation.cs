using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying.Store;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Scavenging.Reconciling;

/// <summary>A walk through store and catalogue side by side, in the order of paths.</summary>
internal sealed partial class Reconciliation(
    NpgsqlDataSource catalogue, StoreFolder store, PathTemplate paths, Inspection inspection, Adoption adoption, Loss loss, TimeProvider time, ILogger log)
{
    public const int BatchSize = 500;

    private const int RowsPage = 2000;
    private const int HeldAtOnce = 100;

    // Behind every path.
    private const string Last = "\U0010FFFF";

    // A NAS answers several questions in the time of one.
    private const int ReadAtOnce = 4;
    private const int BusyPercent = 70;

    private readonly Pace[] _readers = [.. Enumerable.Range(0, ReadAtOnce).Select(_ => new Pace(BusyPercent, time))];
    private Pace _pace = new(BusyPercent, time);

    /// <param name="note">As <see cref="Schedules.JobRun.NoteAsync"/>.</param>
    public async Task<ReconcileState> RunAsync(string? checkpoint, Func<string?, string, double?, Task> note, CancellationToken cancel)
    {
        var state = ReconcileState.From(checkpoint);
        using var root = store.OpenRoot();
        var walk = new StoreWalk(root, state.After);
        var progress = new ReconcileProgress(state, store.Space(), time);
        foreach (var batch in walk.Files().Chunk(BatchSize))
        {
            // Work that is lost when the worker dies is counted again: the note says the state before.
            Task Beat() => note(checkpoint, progress.Say(batch[0].Fraction), batch[0].Fraction);
            await Beat();
            await CompareAsync(state, batch, batch[^1].Path, Beat, cancel);
            state.After = batch[^1].Path;
            checkpoint = state.ToCheckpoint();
            await _pace.RestAsync(cancel);
        }

        await CompareAsync(state, [], Last, () => Task.CompletedTask, cancel);
        state.ClosedFolders += walk.ClosedFolders;
        return state;
    }

    private async Task CompareAsync(ReconcileState state, Found[] batch, string last, Func<Task> beat, CancellationToken cancel)
    {
        state.Files += batch.Length;
        state.Bytes += batch.Sum(f => f.Entry is { Kind: EntryKind.File } file ? file.Length : 0);
        var unknown = batch.ToDictionary(f => f.Path, StringComparer.Ordinal);
        for (var (after, more) = (state.After, true); more;)
        {
            var rows = await RowsAsync(after, last, cancel);
            var odd = rows.Where(r => !(unknown.Remove(r.Path, out var file) && file.Entry is { Kind: EntryKind.File } entry && entry.Length == r.Bytes)).ToArray();
            state.Agreed += rows.Count - odd.Length;
            foreach (var some in odd.Chunk(HeldAtOnce))
            {
                await beat();
                Count(state, await loss.LookAgainAsync([.. some.Select(r => r.Id)], cancel));
            }

            more = rows.Count == RowsPage;
            after = more ? rows[^1].Path : after;
        }

        await AdoptAsync(state, [.. Orphans(state, batch.Where(f => unknown.ContainsKey(f.Path)))], beat, cancel);
    }

    private IEnumerable<Orphan> Orphans(ReconcileState state, IEnumerable<Found> unknown)
    {
        foreach (var file in unknown)
        {
            if (file.Entry is { Kind: EntryKind.File } entry && paths.TryInvert(file.Path, out var id) && StorePath.Parse(file.Path) is PathResult.Resolved(var path))
                yield return new Orphan(id, path, entry);
            else
                Stranger(state, file.Path, file.Entry is { Kind: not EntryKind.File } other ? $"it is {other.Describe()}" : "no asset's copy would lie there");
        }
    }

    private async Task AdoptAsync(ReconcileState state, Orphan[] orphans, Func<Task> beat, CancellationToken cancel)
    {
        if (orphans.Length == 0)
            return;
        var unfit = await adoption.FindUnfitAsync(orphans, cancel);
        foreach (var orphan in orphans)
        {
            if (!unfit.TryGetValue($"{orphan.Id}", out var why))
                continue;
            if (why == "plan")
                state.LeftAlone++;
            else
                Stranger(state, orphan.Path.Text, why);
        }

        foreach (var some in orphans.Where(o => !unfit.ContainsKey($"{o.Id}")).Chunk(HeldAtOnce))
        {
            await beat();
            var whole = new List<(Orphan, Inspected.Whole)>();
            foreach (var (orphan, inspected) in some.Zip(await InspectAsync(some, cancel)))
                Sort(state, orphan, inspected, whole);
            if (whole.Count == 0)
                continue;
            var (files, bytes) = await adoption.AdoptAsync(whole, cancel);
            (state.Adopted, state.AdoptedBytes, state.LeftAlone) = (state.Adopted + files, state.AdoptedBytes + bytes, state.LeftAlone + whole.Count - files);
        }

        // The readers have rested for themselves.
        _pace = new Pace(BusyPercent, time);
    }

    private async Task<Inspected[]> InspectAsync(Orphan[] orphans, CancellationToken cancel)
    {
        var inspected = new Inspected[orphans.Length];
        var taken = -1;
        await Parallel.ForEachAsync(_readers, new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancel }, async (pace, token) =>
        {
            while (Interlocked.Increment(ref taken) is var next && next < orphans.Length)
                inspected[next] = await inspection.InspectAsync(orphans[next].Path, pace, token);
        });
        return inspected;
    }

    private void Sort(ReconcileState state, Orphan orphan, Inspected inspected, List<(Orphan, Inspected.Whole)> whole)
    {
        switch (inspected)
        {
            case Inspected.Whole good:
                whole.Add((orphan, good));
                break;
            case Inspected.NotWhole(var reason):
                state.NotWhole++;
                state.Show("not whole:", orphan.Path.Text, reason);
                LogNotWhole(orphan.Path.Text, reason);
                break;
            default:
                state.LeftAlone++;
                break;
        }
    }

    private static void Stranger(ReconcileState state, string path, string why)
    {
        state.Strangers++;
        state.Show("stranger:", path, why);
    }

    private void Count(ReconcileState state, Losses losses)
    {
        state.Lost += losses.Lost;
        state.Differing += losses.Differing;
        state.PlannedAgain += losses.PlannedAgain;
        state.LeftAlone += losses.LeftAlone;
        state.Agreed += losses.Fine;
        if (losses.Lost + losses.Differing > 0)
            LogLost(losses.Lost, losses.Differing, losses.PlannedAgain);
    }

    private async Task<IReadOnlyList<(string Path, string Id, long Bytes)>> RowsAsync(string after, string last, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Reconciling.Rows"));
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("last", last);
        command.Parameters.AddWithValue("n", RowsPage);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(string, string, long)>();
        while (await row.ReadAsync(cancel))
            rows.Add((row.GetString(0), row.GetString(1), row.GetInt64(2)));
        return rows;
    }

    [LoggerMessage(380, LogLevel.Warning, "{Path} in the store is no whole image and stays as it is: {Reason}")]
    private partial void LogNotWhole(string path, string reason);

    [LoggerMessage(381, LogLevel.Warning, "{Lost} copies are gone from the store, {Differing} have another length; {Again} will be copied again")]
    private partial void LogLost(long lost, long differing, long again);
}
