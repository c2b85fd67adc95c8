using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans.Lists;

namespace Understudy.Plans.Bulk;

/// <summary>What became of asking for one dead plan to be dropped.</summary>
internal enum Dropping
{
    Dropped,

    /// <summary>It has no plan, or one that lives.</summary>
    NotDead,

    /// <summary>Caches may still serve what they should have forgotten, and nothing else would say so.</summary>
    Owes,
}

/// <summary>Retrying and dropping many dead plans: asked for and looked at here; <see cref="PlanActionFeeder"/> does it.</summary>
internal sealed partial class PlanActions(NpgsqlDataSource catalogue, ILogger<PlanActions> log)
{
    public async Task<PlanActionView> BeginAsync(PlanAct act, PlanActionRequest request, string? by, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.Bulk.Begin"));
        PlanLists.AddFilter(command, request.Filter);
        command.Parameters.AddWithValue("what", act.ToString().ToLowerInvariant());
        command.Parameters.AddWithValue("force", request.Force);
        Add(command, "by", NpgsqlDbType.Text, by);
        var view = (await FindAsync((Guid)(await command.ExecuteScalarAsync(cancel))!, cancel))!;
        LogBegun(by, act, view.Total, view.Id);
        return view;
    }

    public async Task<PlanActionView?> FindAsync(Guid id, CancellationToken cancel) => (await ListAsync(id, 1, cancel)).SingleOrDefault();

    /// <param name="id">null: the newest ones.</param>
    public async Task<IReadOnlyList<PlanActionView>> ListAsync(Guid? id, int limit, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.Bulk.View"));
        Add(command, "id", NpgsqlDbType.Uuid, id);
        command.Parameters.AddWithValue("limit", limit);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var views = new List<PlanActionView>();
        while (await row.ReadAsync(cancel))
            views.Add(Read(row));
        return views;
    }

    public async Task<Dropping> DropAsync(AssetId id, bool force, string? by, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (dropped, kept) = await PlanActionFeeder.ActAsync(connection, transaction, PlanAct.Drop, [$"{id}"], force, by, cancel);
        await transaction.CommitAsync(cancel);
        return dropped > 0 ? Dropping.Dropped : kept > 0 ? Dropping.Owes : Dropping.NotDead;
    }

    private static PlanActionView Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        Enum.Parse<PlanAct>(row.GetString(1), ignoreCase: true),
        new PlanFilter(
            row.IsDBNull(2) ? null : (Lane)row.GetInt32(2), Text(row, 3), Text(row, 4) is { } fault ? Enum.Parse<Fault>(fault, ignoreCase: true) : null,
            row.IsDBNull(5) ? null : row.GetInt32(5), Text(row, 6)),
        Force: row.GetBoolean(7), RequestedBy: Text(row, 8), Total: row.GetInt64(9), Done: row.GetInt64(10), Kept: row.GetInt64(11),
        row.GetFieldValue<DateTimeOffset>(12), row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static void Add(NpgsqlCommand command, string name, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });

    [LoggerMessage(430, LogLevel.Information, "{By} wants {Act} for {Plans} dead plans: action {Action}")]
    private partial void LogBegun(string? by, PlanAct act, long plans, Guid action);
}
