using Dapper;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans.Bulk;

/// <summary>Does what is to be done to many dead plans, a slice and a commit at a time, on one node at a time: who goes on after a crash leaves none out and does none twice.</summary>
internal sealed partial class PlanActionFeeder(NpgsqlDataSource catalogue, TimeProvider time, ILogger<PlanActionFeeder> log) : BackgroundService
{
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
                // What wasn't done is done at the next turn.
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>All open actions to their end, but for those that another node is at.</summary>
    public async Task FeedAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var open = await connection.QueryAsync<Guid>(new("select id from plan_action where ended_at is null order by created_at", cancellationToken: cancel));
        foreach (var id in open.AsList())
        {
            while (await SliceAsync(connection, id, Slice, cancel))
            {
            }
        }
    }

    /// <returns>Whether there is more to do.</returns>
    public static async Task<bool> SliceAsync(NpgsqlConnection connection, Guid id, int slice, CancellationToken cancel)
    {
        await using var turn = await connection.BeginTransactionAsync(cancel);
        var open = await connection.QueryAsync<(string What, bool Force, string? By)>(new(
            "select what, force, requested_by from plan_action where id = @id and ended_at is null for update skip locked", new { id }, turn, cancellationToken: cancel));
        if (open.AsList() is not [var (what, force, by)])
            return false;
        var next = (await connection.QueryAsync<(string Asset, DateTime At)>(new(Sql.Named("Plans.Bulk.Next"), new { id, most = slice }, turn, cancellationToken: cancel))).AsList();
        var (done, kept) = next.Count == 0
            ? (0, 0)
            : await ActAsync(connection, turn, Enum.Parse<PlanAct>(what, ignoreCase: true), [.. next.Select(n => n.Asset)], force, by, cancel);
        var last = next.Count < slice;
        await connection.ExecuteAsync(new(
            Sql.Named("Plans.Bulk.Advance"),
            new { id, done, kept, at = next.Count == 0 ? (DateTime?)null : next[^1].At, asset = next.Count == 0 ? null : next[^1].Asset, last }, turn, cancellationToken: cancel));
        await turn.CommitAsync(cancel);
        return !last;
    }

    /// <returns>To how many it was done, and how many were kept.</returns>
    public static async Task<(long Done, long Kept)> ActAsync(
        NpgsqlConnection connection, NpgsqlTransaction turn, PlanAct act, string[] ids, bool force, string? by, CancellationToken cancel)
    {
        if (act == PlanAct.Drop)
            await connection.ExecuteAsync(new(Sql.Named("Plans.Bulk.LockBulk"), transaction: turn, cancellationToken: cancel));
        await using var command = new NpgsqlCommand(Sql.Named($"Plans.Bulk.{act}"), connection, turn);
        command.Parameters.AddWithValue("ids", ids);
        command.Parameters.Add(new NpgsqlParameter("by", NpgsqlDbType.Text) { Value = (object?)by ?? DBNull.Value });
        if (act == PlanAct.Drop)
            command.Parameters.AddWithValue("force", force);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    [LoggerMessage(431, LogLevel.Warning, "Dead plans can't be retried or dropped at the moment, trying again: {Reason}")]
    private partial void LogFailed(string reason);
}
