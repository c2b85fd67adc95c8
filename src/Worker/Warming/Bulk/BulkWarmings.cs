using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Warming.Bulk;

/// <summary>Bulk warmings in the catalogue: asked for, looked at, cancelled. <see cref="Feeder"/> makes their plans.</summary>
internal sealed class BulkWarmings(NpgsqlDataSource catalogue)
{
    public async Task<Guid> BeginAsync(WarmingRequest request, string? requestedBy, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Warming.Bulk.Begin"));
        Add(command, "customer", NpgsqlDbType.Integer, request.Ids is null ? request.Customer : null);
        Add(command, "space", NpgsqlDbType.Integer, request.Ids is null ? request.Space : null);
        Add(command, "ids", NpgsqlDbType.Array | NpgsqlDbType.Text, request.Ids?.Select(i => i.ToString()).ToArray());
        Add(command, "only_cold", NpgsqlDbType.Boolean, request.OnlyCold);
        Add(command, "rate", NpgsqlDbType.Double, request.Rate);
        Add(command, "requested_by", NpgsqlDbType.Text, requestedBy);
        return (Guid)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task<IReadOnlyList<WarmingView>> ListAsync(Guid? id, int limit, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Warming.Bulk.View"));
        Add(command, "id", NpgsqlDbType.Uuid, id);
        command.Parameters.AddWithValue("limit", limit);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var views = new List<WarmingView>();
        while (await row.ReadAsync(cancel))
            views.Add(Read(row));
        return views;
    }

    /// <returns>Whether it was still under way.</returns>
    public async Task<bool> CancelAsync(Guid id, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // A statement sees only what was there when it began: plans that are being made at this moment are there when the lock is.
        await using (var locking = new NpgsqlCommand("select from warming where id = @id for update", connection, transaction))
        {
            locking.Parameters.AddWithValue("id", id);
            await locking.ExecuteNonQueryAsync(cancel);
        }

        await using var command = new NpgsqlCommand(Sql.Named("Warming.Bulk.Cancel"), connection, transaction);
        command.Parameters.AddWithValue("id", id);
        var cancelled = (long)(await command.ExecuteScalarAsync(cancel))! == 1;
        await transaction.CommitAsync(cancel);
        return cancelled;
    }

    private static WarmingView Read(NpgsqlDataReader row)
    {
        var (total, planned, skipped, waiting, failed) = (row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.GetInt64(16), row.GetInt64(17));
        var ended = row.IsDBNull(14) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(14);
        var cancelled = row.IsDBNull(15) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(15);
        var done = Math.Max(0, planned - waiting - failed);
        var over = done + skipped + failed;
        return new WarmingView(
            row.GetGuid(0), Number(row, 1), Number(row, 2), IsList: row.GetBoolean(3), OnlyCold: row.GetBoolean(4),
            Rate: row.IsDBNull(5) ? null : row.GetDouble(5), RequestedBy: row.IsDBNull(6) ? null : row.GetString(6),
            total, done, skipped, failed, waiting, GoodRequests: row.GetInt64(10), BadRequests: row.GetInt64(11), Bytes: row.GetInt64(12),
            row.GetFieldValue<DateTimeOffset>(13), ended, cancelled,
            SecondsLeft: ended is null && over > 0 ? row.GetDouble(18) / over * Math.Max(0, total - over) : null);
    }

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    private static void Add(NpgsqlCommand command, string name, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
}
