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
    /// <summary>Evictions that are planned at a time; what is used meanwhile stays.</summary>
    private const int MostPlanned = 1_000;

    private const int MostShown = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10), WhileAtIt = TimeSpan.FromSeconds(1);

    private Place? _goOn;

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
        await choosing.UnparkAsync(cancel);
        var room = await RoomAsync(cancel);
        var space = store.Space();
        var marks = WaterMarks.Of(storage, room, space);
        _seen = new Seen(marks, space);
        if (!options.Evicts)
        {
            wanted.Saw(marks.Budget, new Standstill("nothing is evicted: Scavenging:Evicts is false", null));
            return (false, false);
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

    /// <summary>Plans whatever has to go until the store is at its low water mark, however much that is.</summary>
    public async Task<ScavengeView> EmptyAsync(CancellationToken cancel) => await ChooseAllAsync(dry: false, cancel);

    /// <summary>What <see cref="EmptyAsync"/> would do.</summary>
    public async Task<ScavengeView> PreviewAsync(CancellationToken cancel) => await ChooseAllAsync(dry: true, cancel);

    private async Task<ScavengeView> ChooseAllAsync(bool dry, CancellationToken cancel)
    {
        await choosing.UnparkAsync(cancel);
        var room = await RoomAsync(cancel);
        var marks = WaterMarks.Of(storage, room, store.Space());
        var (excess, files) = (Math.Max(0, room.Taken - marks.Low), marks.Files);
        var (copies, bytes, first, goOn) = (0, 0L, new List<CandidateView>(), (Place?)null);
        do
        {
            if (excess <= bytes && files <= copies)
                break;
            (var seen, goOn) = await choosing.ChooseAsync(excess - bytes, files - copies, int.MaxValue, dry, goOn, cancel);
            var going = seen.Where(c => c.Goes).ToList();
            (copies, bytes) = (copies + going.Count, bytes + going.Sum(c => c.Bytes));
            first.AddRange(seen.Where(c => c.Goes || c.Kept is not null).Take(MostShown - first.Count).Select(c => c.View()));
        }
        while (goOn is not null);
        return new ScavengeView(copies, bytes, excess, first);
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

    [LoggerMessage(370, LogLevel.Information, "{Copies} copies of {Bytes} bytes are planned to go; {Excess} bytes had to")]
    private partial void LogChosen(int copies, long bytes, long excess);

    [LoggerMessage(371, LogLevel.Error, "No room can be made: {Reason}. Enlarge the store, or unpin; copies wait")]
    private partial void LogStuck(string reason);

    [LoggerMessage(372, LogLevel.Warning, "Room can't be made at the moment, trying again: {Reason}")]
    private partial void LogFailed(string reason);
}
