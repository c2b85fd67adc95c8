using System.Globalization;
using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>
/// Brings one of Cantaloupe's cache folders back within its budget, the least recently used files first. One walk counts, by age; where that is
/// too much a second one removes what is older than the cut-off that the first one found. The first also clears away rubbish.
/// Two at once do no harm: what counts is what stays (<see cref="CutOff"/>), and a file that is gone is gone.
/// </summary>
internal sealed partial class CacheFolderSweep(CacheFolderOptions folder, bool dryRun, TimeProvider time, ILogger<CacheFolderSweep> log)
{
    // Cantaloupe's own cleaning waits 10 minutes; but a copy of an original that comes slowly is being written for hours.
    private static readonly TimeSpan TemporariesStandFor = TimeSpan.FromDays(2);

    // A request that finds its folder there and then can't create its file in it is answered with an empty image.
    private static readonly TimeSpan FoldersStandEmptyFor = TimeSpan.FromHours(1);

    private const int MostExamples = 5;

    private readonly List<string> _examples = [];
    private SweepState _state = null!;
    private Removal _removal = null!;

    /// <summary>How often whoever waits is told.</summary>
    internal TimeSpan NoteInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Lets a test stop, crash or change the folder before anything is done about what was found.</summary>
    internal Action<Found> Before { get; init; } = static _ => { };

    /// <param name="checkpoint">The last one that a sweep that was broken off had noted.</param>
    /// <param name="note">Gets a checkpoint, what to tell a person, and how much is done, from 0 to 1. The checkpoint is null as long as there is none yet.</param>
    /// <returns>Also when cancelled: what it came to so far.</returns>
    public async Task<SweepResult> RunAsync(string? checkpoint, Func<string?, string, double?, Task> note, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var settings = string.Create(CultureInfo.InvariantCulture, $"{folder.Root}|{folder.Budget}|{folder.MinAge}|{dryRun}");
        _state = SweepState.From(checkpoint, settings, now) ?? new SweepState { Settings = settings, StartedAt = now };
        _examples.Clear();
        _removal = new Removal(dryRun, Complain);
        try
        {
            using var root = Folder.OpenRoot(folder.Root);
            var walk = new CacheWalk(root);
            var notes = new SweepNotes(note, NoteInterval, time);
            var cutShort = await PassAsync(walk, SweepPhase.Count, notes, cancel) ?? await PassAsync(walk, SweepPhase.Remove, notes, cancel);
            return Finish(cutShort, root.Space());
        }
        catch (StoreException e)
        {
            return Finish(e.Message, default);
        }
    }

    /// <returns>Why it was cut short.</returns>
    private async Task<string?> PassAsync(CacheWalk walk, SweepPhase phase, SweepNotes notes, CancellationToken cancel)
    {
        if (_state.Phase != phase || phase == SweepPhase.Remove && _state.CutOff is null)
            return null;
        var pace = new Pace(folder.BusyPercent, time);
        try
        {
            foreach (var kind in CacheKinds.All.Where(k => k >= _state.Kind))
            {
                if (kind > _state.Kind)
                    (_state.Kind, _state.After) = (kind, null);
                var slices = walk.Slices(kind);
                foreach (var (i, slice) in slices.Index().Where(s => _state.After is null || string.CompareOrdinal(s.Item, _state.After) > 0))
                {
                    foreach (var found in walk.Through(kind, slice))
                    {
                        cancel.ThrowIfCancellationRequested();
                        Before(found);
                        Take(found, kind);
                        if (_removal.Hopeless is { } reason)
                            return reason;
                        await notes.TellAsync(_state, (double)i / slices.Count);
                        await pace.RestAsync(cancel);
                    }

                    _state.After = slice;
                    await notes.SliceDoneAsync(_state, (i + 1.0) / slices.Count);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return "it was stopped";
        }

        if (phase == SweepPhase.Count)
        {
            (_state.Phase, _state.Kind, _state.After) = (SweepPhase.Remove, CacheKinds.All[0], null);
            _state.CutOff = CutOff.For(_state.Ages, folder.Budget);
            await notes.SliceDoneAsync(_state, 0);
        }

        return null;
    }

    private void Take(in Found found, CacheKind kind)
    {
        var tally = _state.Tallies[kind];
        if (found.What == FoundKind.Fault)
        {
            tally.Faults++;
            Complain(found.Reason!);
        }
        else if (_state.Phase == SweepPhase.Count)
        {
            Count(found, kind, tally);
        }
        else if (found.What == FoundKind.File && !_state.CutOff!.Keeps(Bucket(found.Entry), Removal.Size(found.Entry)))
        {
            _removal.File(found, tally, kind, now => Bucket(now) >= _state.CutOff.Bucket);
        }
    }

    private void Count(in Found found, CacheKind kind, KindTally tally)
    {
        var entry = found.Entry;
        switch (found.What)
        {
            case FoundKind.File when entry.Length == 0 && WrittenBefore(entry, folder.MinAge):
            case FoundKind.Temporary when WrittenBefore(entry, TemporariesStandFor):
                // Rubbish: a writer that died, and what a full disk left; Cantaloupe would send an empty file as an image.
                Add(found.Entry, tally);
                var removed = tally.RemovedFiles;
                _removal.File(found, tally, kind, now => now.Modified == entry.Modified && now.Length == entry.Length);
                if (tally.RemovedFiles == removed)
                    _state.Ages.Add(AgeHistogram.Untouchable, 1, Removal.Size(entry));
                break;
            case FoundKind.File or FoundKind.Temporary:
                Add(found.Entry, tally);
                var bucket = found.What == FoundKind.File ? Bucket(entry) : AgeHistogram.Untouchable;
                _state.Ages.Add(bucket, 1, Removal.Size(entry));
                tally.Temporary += found.What == FoundKind.Temporary ? 1 : 0;
                tally.Young += found.What == FoundKind.File && bucket == AgeHistogram.Untouchable ? 1 : 0;
                tally.ReadLater += entry.Accessed - entry.Modified > TimeSpan.FromSeconds(1) ? 1 : 0;
                break;
            case FoundKind.Folder:
                tally.Folders++;
                if (found.IsEmpty && WrittenBefore(entry, FoldersStandEmptyFor))
                    _removal.Folder(found, tally);
                break;
            case FoundKind.Stranger:
                tally.Strangers++;
                break;
            default:
                tally.Vanished++;
                break;
        }
    }

    private static void Add(in Entry file, KindTally tally)
    {
        tally.Files++;
        tally.Bytes += Removal.Size(file);
    }

    private int Bucket(in Entry file) => AgeHistogram.BucketOf(_state.StartedAt - AgeHistogram.LastUse(file), folder.MinAge);

    private bool WrittenBefore(in Entry entry, TimeSpan age) => _state.StartedAt - entry.Modified > age;

    private void Complain(string what)
    {
        if (_examples.Count < MostExamples)
            _examples.Add(what);
    }

    private SweepResult Finish(string? cutShort, Posix.Vfs mount)
    {
        var tallies = _state.Tallies;
        var (files, bytes) = (tallies.Values.Sum(t => t.Files - t.RemovedFiles), tallies.Values.Sum(t => t.Bytes - t.RemovedBytes));
        var oldest = _state.CutOff is { } cut ? _state.StartedAt - AgeHistogram.Youngest(cut.Bucket, folder.MinAge) : (DateTimeOffset?)null;
        var result = new SweepResult(
            tallies, cutShort, cutShort is null && folder.Budget.Holds(files, bytes), oldest,
            AccessTimesSeen.Of(tallies.Values.Sum(t => t.Files), tallies.Values.Sum(t => t.ReadLater), mount), [.. _examples]);
        if (result.Finished && !dryRun)
        {
            foreach (var (kind, tally) in tallies)
                CacheFolderMetrics.Left(folder.Root, kind, tally);
        }

        Say(result, files, bytes);
        return result;
    }
}
