using Dapper;
using Npgsql;
using Understudy.Catalogue;

namespace Understudy.Warming.Bulk;

/// <summary>
/// Makes the plans of bulk warmings, a slice at a time and no faster than they are worked off, on one node at a time. So a million
/// assets are never in the queue at once, a cancelled warming leaves little behind, and a rate can be kept.
/// </summary>
internal sealed partial class Feeder(NpgsqlDataSource catalogue, TimeProvider time, ILogger<Feeder> log) : BackgroundService
{
    /// <summary>Plans of one warming that are in the queue. What waits for a node that is away counts, too.</summary>
    public const int MostWaiting = 1_000;

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

    /// <summary>One turn for each open warming; nothing where another node is at it.</summary>
    public async Task FeedAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var turn = await connection.BeginTransactionAsync(cancel);
        if (!await connection.ExecuteScalarAsync<bool>(new("select pg_try_advisory_xact_lock(hashtext('understudy bulk warming'))", transaction: turn, cancellationToken: cancel)))
            return;

        // Before their plans, as whoever cancels one does.
        await connection.ExecuteAsync(new("select from warming where ended_at is null order by id for update", transaction: turn, cancellationToken: cancel));
        var open = await connection.QueryAsync<Open>(new(Sql.Named("Warming.Bulk.Open"), transaction: turn, cancellationToken: cancel));
        foreach (var warming in open)
        {
            if (warming is { AllPlanned: true, Waiting: 0 })
                await connection.ExecuteAsync(new(Sql.Named("Warming.Bulk.End"), new { warming.Id }, turn, cancellationToken: cancel));
            else if (!warming.AllPlanned && Most(warming) is > 0 and var most)
                await connection.ExecuteAsync(new(Sql.Named("Warming.Bulk.Feed"), new { warming.Id, most }, turn, cancellationToken: cancel));
        }

        await turn.CommitAsync(cancel);
    }

    private static int Most(Open warming)
    {
        var room = MostWaiting - warming.Waiting;
        return (int)Math.Max(0, Math.Min(room, warming.Allowed ?? room));
    }

    [LoggerMessage(300, LogLevel.Warning, "Plans of bulk warmings can't be made at the moment: {Reason}")]
    private partial void LogFailed(string reason);

    /// <param name="Allowed">Assets that its rate lets through by now; null: it has none.</param>
    private sealed record Open(Guid Id, bool AllPlanned, long Waiting, int? Allowed);
}
