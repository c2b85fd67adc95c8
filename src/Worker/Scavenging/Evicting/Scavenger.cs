using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Plans;

namespace Understudy.Scavenging.Evicting;

/// <summary>
/// Keeps room in the store ahead of need: looks now and then, and at once when a copy doesn't fit, and plans evictions until the store will be down at the
/// low water mark. Any node may do it at any time: a copy that is planned to go twice is planned once.
/// </summary>
internal sealed partial class Scavenger(
    NpgsqlDataSource catalogue, Choosing choosing, StoreFolder store, StorageOptions storage, ScavengingOptions options, RoomWanted wanted, Sweep sweep, TimeProvider time, ILogger<Scavenger> log)
    : BackgroundService
{
    private const int MostShown = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10), WhileAtIt = TimeSpan.FromSeconds(1);

    /// <summary>Evictions that are planned at a time; what is used meanwhile stays.</summary>
    internal int MostPlanned { get; set; } = 5_000;

    private readonly SemaphoreSlim _slicing = new(1);
    private Place? _goOn;
    private Emptying? _emptying;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        Measure(Telemetry.Meter);
        var most = 0L;
        var isAtIt = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                most = Math.Max(most, await wanted.WaitAsync(isAtIt ? WhileAtIt : Interval, time, stop));
                (isAtIt, var waits) = await TurnAsync(most, stop);
                most = waits && most <= wanted.Possible ? most : 0;
                // What was evicted is gone only then; who waits is woken by it.
                if (waits)
                    await sweep.RunAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException)
            {
                LogFailed(e.Message);
            }
        }
    }

    /// <summary>One look, and what follows from it.</summary>
    /// <param name="most">The most that somebody waits for, in bytes; 0: nobody does.</param>
    /// <returns>Whether there is more to do soon, and whether somebody still waits.</returns>
    public async Task<(bool IsAtIt, bool Waits)> TurnAsync(long most, CancellationToken cancel)
    {
        await SliceAsync(cancel);
        await choosing.UnparkAsync(cancel);
        var room = await RoomAsync(cancel);
        var space = store.Space();
        var marks = WaterMarks.Of(storage, room, space);
        _seen = new Seen(marks, space);
        if (!options.Evicts)
        {
            wanted.Saw(marks.Budget, new Standstill("nothing is evicted: Scavenging:Evicts is false", null));
            return (_emptying is not null, false);
        }

        var excess = marks.Excess(room, room.Waiting > 0 ? most : 0);
        if (excess == 0 && marks.Files == 0)
        {
            Say(marks, null);
            _goOn = null;
            return (room.IsOnItsWay, room.Waiting > 0);
        }

        IReadOnlyList<Candidate> seen = [];
        var free = MostPlanned - (int)room.Evictions;
        if (free > 0)
            (seen, _goOn) = await choosing.ChooseAsync(excess, marks.Files, free, dry: false, _goOn, cancel);
        var going = seen.Count(c => c.Goes);
        if (going > 0)
            LogChosen(going, seen.Where(c => c.Goes).Sum(c => c.Bytes), excess);
        // There may be some behind those.
        if (_goOn is null || going > 0)
            Say(marks, going == 0 && room.Evictions == 0 ? Why(seen, excess, room) : null);
        return (going > 0 || _goOn is not null || room.IsOnItsWay, room.Waiting > 0);
    }

    /// <summary>Begins to plan whatever has to go until the store is at its low water mark, and plans the first of it. The rest follows as those go.</summary>
    public async Task<Emptying> EmptyAsync(CancellationToken cancel)
    {
        await choosing.UnparkAsync(cancel);
        await _slicing.WaitAsync(cancel);
        try
        {
            var (room, bytes, files) = await AboveLowAsync(cancel);
            var emptying = _emptying = new Emptying(bytes, files);
            await SliceAsync(emptying, room, bytes, files, cancel);
            return emptying;
        }
        finally
        {
            _slicing.Release();
            // The rest needn't wait for the next look.
            wanted.Want(0);
        }
    }

    /// <summary>Plans as much of what was begun as may be planned at a time.</summary>
    public async Task SliceAsync(CancellationToken cancel)
    {
        await _slicing.WaitAsync(cancel);
        try
        {
            if (_emptying is not { } emptying)
                return;
            // Others make room as well: no more goes than has to now.
            var (room, bytes, files) = await AboveLowAsync(cancel);
            await SliceAsync(emptying, room, Math.Min(bytes, emptying.BytesLeft), Math.Min(files, emptying.FilesLeft), cancel);
            _emptying = emptying.IsOver ? null : emptying;
        }
        finally
        {
            _slicing.Release();
        }
    }

    private async Task SliceAsync(Emptying emptying, Room room, long bytes, long files, CancellationToken cancel)
    {
        if (bytes == 0 && files == 0)
            emptying.End();
        else if (MostPlanned - (int)room.Evictions is > 0 and var free)
            emptying.Take(await choosing.ChooseAsync(bytes, files, free, dry: false, emptying.GoOn, cancel), MostShown);
    }

    private async Task<(Room Room, long Bytes, long Files)> AboveLowAsync(CancellationToken cancel)
    {
        var room = await RoomAsync(cancel);
        var marks = WaterMarks.Of(storage, room, store.Space());
        return (room, Math.Max(0, room.Taken - marks.Low), marks.Files);
    }

    /// <summary>What <see cref="EmptyAsync"/> would do.</summary>
    public async Task<ScavengeView> PreviewAsync(CancellationToken cancel)
    {
        await choosing.UnparkAsync(cancel);
        var (_, bytes, files) = await AboveLowAsync(cancel);
        var emptying = new Emptying(bytes, files);
        while (!emptying.IsOver)
            emptying.Take(await choosing.ChooseAsync(emptying.BytesLeft, emptying.FilesLeft, int.MaxValue, dry: true, emptying.GoOn, cancel), MostShown);
        return emptying.View();
    }

    public async Task<Room> RoomAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Evicting.Room"));
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new Room(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7))
        {
            RetiredSince = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
        };
    }

    public override void Dispose()
    {
        base.Dispose();
        _slicing.Dispose();
    }

    [LoggerMessage(370, LogLevel.Information, "{Copies} copies of {Bytes} bytes are planned to go; {Excess} bytes had to")]
    private partial void LogChosen(int copies, long bytes, long excess);

    [LoggerMessage(371, LogLevel.Error, "No room can be made: {Reason}. Enlarge the store, or unpin; copies wait")]
    private partial void LogStuck(string reason);

    [LoggerMessage(372, LogLevel.Warning, "Room can't be made at the moment, trying again: {Reason}")]
    private partial void LogFailed(string reason);
}
