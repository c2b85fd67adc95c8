using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Purging.Bulk;

/// <summary>
/// Makes the plans of bulk purges, a slice at a time and no faster than they are worked off, on one node at a time. So a million
/// assets are never in the queue at once, and a cancelled purge leaves little behind.
/// </summary>
internal sealed partial class Feeder(NpgsqlDataSource catalogue, RightOfWay way, TimeProvider time, ILogger<Feeder> log) : BackgroundService
{
    /// <summary>Assets of one bulk purge that are in the queue: most of them wait for a settle time to be over. What a node that is away is owed counts, too.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>Copies take room in the store, and are worked off more slowly.</summary>
    private const int MostRecopied = 1_000;

    // A statement's worth, so that nobody waits long for its locks.
    private const int Slice = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await FeedAsync(stop);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What wasn't planned is planned at the next turn.
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>One turn for each open purge; nothing where another node is at it.</summary>
    public async Task FeedAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        foreach (var open in (await connection.QueryAsync<Open>(new(Sql.Named("Purging.Bulk.Open"), cancellationToken: cancel))).AsList())
        {
            var room = (open.Recopies ? MostRecopied : MostWaiting) - open.Waiting;
            // A commit a slice: who goes on after a crash leaves none out.
            while (await FeedAsync(connection, open, (int)Math.Min(room, Slice), cancel) is > 0 and var fed && (room -= fed) > 0)
            {
            }
        }
    }

    /// <returns>For how many assets it made plans.</returns>
    private async Task<int> FeedAsync(NpgsqlConnection connection, Open open, int most, CancellationToken cancel)
    {
        await way.GiveWayAsync(cancel);
        await using var turn = await connection.BeginTransactionAsync(cancel);
        // Before their plans, as whoever cancels one does. Another node may be at it, or have ended it.
        if (await connection.ExecuteScalarAsync<bool?>(new("select planned_at is null from bulk_purge where id = @Id and ended_at is null for update skip locked", open, turn, cancellationToken: cancel)) is not { } isFeeding)
            return 0;
        if (!isFeeding && open is { AllPlanned: true, Waiting: 0 })
            await connection.ExecuteAsync(new(Sql.Named("Purging.Bulk.End"), new { id = open.Id }, turn, cancellationToken: cancel));

        var ids = isFeeding && most > 0
            ? (await connection.QueryAsync<string>(new(Sql.Named("Purging.Bulk.Next"), new { id = open.Id, most }, turn, cancellationToken: cancel))).AsList()
            : [];
        if (isFeeding && most > 0)
        {
            var planned = ids.Count == 0 ? 0 : await AskAsync(connection, turn, open, ids, cancel);
            await connection.ExecuteAsync(new(
                Sql.Named("Purging.Bulk.Advance"),
                new { id = open.Id, cursor = ids.LastOrDefault(), planned, skipped = ids.Count - planned, last = ids.Count < most },
                turn, cancellationToken: cancel));
        }

        await turn.CommitAsync(cancel);
        return ids.Count;
    }

    private static async Task<long> AskAsync(NpgsqlConnection connection, NpgsqlTransaction turn, Open open, IReadOnlyList<string> ids, CancellationToken cancel)
    {
        var asked = new AskedPurge(open.Only, open.Recopies, open.Warms, AskedPurge.Signed(open.By, open.Why));
        await using var batch = new NpgsqlBatch(connection, turn) { BatchCommands = { asked.Of(ids, Lane.Bulk, open.Id) } };
        return (long)(await batch.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(312, LogLevel.Warning, "Plans of bulk purges can't be made at the moment: {Reason}")]
    private partial void LogFailed(string reason);

    private sealed record Open
    {
        public Guid Id { get; init; }

        public bool AllPlanned { get; init; }

        public string[]? Only { get; init; }

        public bool Recopies { get; init; }

        public bool Warms { get; init; }

        public string? By { get; init; }

        public string? Why { get; init; }

        public long Waiting { get; init; }
    }
}
