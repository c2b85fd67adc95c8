using System.Globalization;
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

    private readonly Pace _pace = new(busyPercent: 70, time);

    /// <param name="note">As <see cref="Schedules.JobRun.NoteAsync"/>.</param>
    public async Task<ReconcileState> RunAsync(string? checkpoint, Func<string?, string, double?, Task> note, CancellationToken cancel)
    {
        var state = ReconcileState.From(checkpoint);
        using var root = store.OpenRoot();
        var walk = new StoreWalk(root, state.After);
        var progress = new Progress(time);
        foreach (var batch in walk.Files().Chunk(BatchSize))
        {
            // Work that is lost when the worker dies is counted again: the note says the state before.
            Task Beat() => note(checkpoint, progress.Say(state, batch[0].Fraction), batch[0].Fraction);
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
        foreach (var some in orphans.Chunk(HeldAtOnce))
        {
            var whole = new List<(Orphan, Inspected.Whole)>();
            foreach (var orphan in some)
            {
                if (!unfit.TryGetValue($"{orphan.Id}", out var why))
                    Sort(state, orphan, inspection.Inspect(orphan.Path, cancel), whole);
                else if (why == "plan")
                    state.LeftAlone++;
                else
                    Stranger(state, orphan.Path.Text, why);
                await beat();
                await _pace.RestAsync(cancel);
            }

            if (whole.Count == 0)
                continue;
            var (files, bytes) = await adoption.AdoptAsync(whole, cancel);
            (state.Adopted, state.AdoptedBytes, state.LeftAlone) = (state.Adopted + files, state.AdoptedBytes + bytes, state.LeftAlone + whole.Count - files);
        }
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

    /// <summary>For people: how far, and how long it will take at this pace.</summary>
    private sealed class Progress(TimeProvider time)
    {
        private readonly long _since = time.GetTimestamp();
        private double? _from;

        public string Say(ReconcileState state, double fraction)
        {
            _from ??= fraction;
            var done = fraction - _from.Value;
            var left = done > 0 ? time.GetElapsedTime(_since) * ((1 - fraction) / done) : (TimeSpan?)null;
            var end = left < TimeSpan.FromDays(1000) ? $", about {left.Value.TotalHours.ToString("0.0", CultureInfo.InvariantCulture)} h left" : "";
            return $"{state}{end}";
        }
    }
}
