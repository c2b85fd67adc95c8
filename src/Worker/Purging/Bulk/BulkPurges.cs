using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Purging.Bulk;

/// <summary>What became of asking for a bulk purge.</summary>
internal abstract record Begun
{
    /// <param name="IsNew">false: the same was asked for before with the same key.</param>
    public sealed record Under(Guid Id, bool IsNew) : Begun;

    /// <summary>The key stands for another request.</summary>
    public sealed record KeyTaken(Guid By) : Begun;
}

/// <summary>Bulk purges in the catalogue: asked for, looked at, cancelled. <see cref="Feeder"/> makes their plans.</summary>
internal sealed class BulkPurges(NpgsqlDataSource catalogue)
{
    /// <param name="targets">Names of those that are chosen, as of now.</param>
    public async Task<Begun> BeginAsync(PurgeRequest request, string? requestedBy, string? key, IReadOnlyList<string> targets, CancellationToken cancel)
    {
        await using var command = Of("Begin", request);
        var print = Fingerprint(request);
        Add(command, "only", NpgsqlDbType.Array | NpgsqlDbType.Text, request.Targets?.ToArray());
        Add(command, "recopy", NpgsqlDbType.Boolean, request.Recopy);
        Add(command, "warms", NpgsqlDbType.Boolean, request.Warm);
        Add(command, "requested_by", NpgsqlDbType.Text, requestedBy);
        Add(command, "why", NpgsqlDbType.Text, request.Reason);
        Add(command, "key", NpgsqlDbType.Text, key);
        Add(command, "request", NpgsqlDbType.Text, print);
        Add(command, "targets", NpgsqlDbType.Array | NpgsqlDbType.Text, targets.ToArray());
        command.CommandTimeout = 300;
        var asked = Guid.NewGuid();
        Add(command, "id", NpgsqlDbType.Uuid, asked);
        await using var row = await command.ExecuteReaderAsync(cancel);
        // Whoever used the key at the same moment is seen by the next statement.
        if (!await row.ReadAsync(cancel))
            return await BeginAsync(request, requestedBy, key, targets, cancel);
        var id = row.GetGuid(0);
        return row.GetString(1) == print ? new Begun.Under(id, id == asked) : new Begun.KeyTaken(id);
    }

    public async Task<PurgePreview> PreviewAsync(PurgeRequest request, IReadOnlyList<string> targets, CancellationToken cancel)
    {
        await using var command = Of("Preview", request);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        var (known, copies, named) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        return new PurgePreview(known, request.Ids is null ? 0 : named - known, copies, targets, [.. row.GetFieldValue<string[]>(3).Select(AssetId.Parse)]);
    }

    public async Task<IReadOnlyList<BulkPurgeView>> ListAsync(int limit, CancellationToken cancel) => await ReadAsync(null, limit, cancel);

    /// <returns>With its progress by target; null: there is none of this id.</returns>
    public async Task<BulkPurgeView?> FindAsync(Guid id, CancellationToken cancel)
    {
        if ((await ReadAsync(id, 1, cancel)).SingleOrDefault() is not { } view)
            return null;
        await using var command = catalogue.CreateCommand(Sql.Named("Purging.Bulk.Progress"));
        command.Parameters.AddWithValue("id", id);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var underWay = new Dictionary<string, BulkPurgeTargetView>();
        while (await row.ReadAsync(cancel))
            underWay[row.GetString(0)] = new(row.GetString(0), row.GetInt64(1), row.GetInt64(3), row.GetInt64(2), row.IsDBNull(4) ? null : row.GetString(4));
        return view with
        {
            Progress = [.. view.Progress!.Select(t => t.Name).Union(underWay.Keys)
                .Select(name => underWay.TryGetValue(name, out var some) ? some with { Clean = view.Done + some.Clean } : new BulkPurgeTargetView(name, view.Done, 0, 0, null))],
        };
    }

    /// <returns>Whether it was still under way.</returns>
    public async Task<bool> CancelAsync(Guid id, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // A statement sees only what was there when it began: plans that are being made at this moment are there when the lock is.
        await using (var locking = new NpgsqlCommand("select from bulk_purge where id = @id for update", connection, transaction))
        {
            locking.Parameters.AddWithValue("id", id);
            await locking.ExecuteNonQueryAsync(cancel);
        }

        await using var command = new NpgsqlCommand(Sql.Named("Purging.Bulk.Cancel"), connection, transaction);
        command.Parameters.AddWithValue("id", id);
        var cancelled = (long)(await command.ExecuteScalarAsync(cancel))! == 1;
        await transaction.CommitAsync(cancel);
        return cancelled;
    }

    private async Task<IReadOnlyList<BulkPurgeView>> ReadAsync(Guid? id, int limit, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Purging.Bulk.View"));
        Add(command, "id", NpgsqlDbType.Uuid, id);
        command.Parameters.AddWithValue("limit", limit);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var views = new List<BulkPurgeView>();
        while (await row.ReadAsync(cancel))
            views.Add(Read(row, withTargets: id is not null));
        return views;
    }

    private static BulkPurgeView Read(NpgsqlDataReader row, bool withTargets)
    {
        var (total, planned, skipped, waiting, failed) = (row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(16), row.GetInt64(17));
        var ended = Time(row, 14);
        var done = Math.Max(0, planned - waiting - failed);
        var over = done + skipped + failed;
        return new BulkPurgeView(
            row.GetGuid(0), Number(row, 1), Number(row, 2), IsList: row.GetBoolean(3), Only: row.IsDBNull(4) ? null : row.GetFieldValue<string[]>(4),
            Recopy: row.GetBoolean(5), Warm: row.GetBoolean(6), RequestedBy: Text(row, 7), Reason: Text(row, 8), IdempotencyKey: Text(row, 9),
            total, done, skipped, failed, waiting, row.GetFieldValue<DateTimeOffset>(13), ended, CancelledAt: Time(row, 15),
            SecondsLeft: ended is null && over > 0 ? row.GetDouble(18) / over * Math.Max(0, total - over) : null,
            Progress: withTargets ? [.. row.GetFieldValue<string[]>(19).Select(name => new BulkPurgeTargetView(name, 0, 0, 0, null))] : null);
    }

    private NpgsqlCommand Of(string sql, PurgeRequest request)
    {
        var command = catalogue.CreateCommand(Sql.Named($"Purging.Bulk.{sql}"));
        Add(command, "customer", NpgsqlDbType.Integer, request.Ids is null ? request.Customer : null);
        Add(command, "space", NpgsqlDbType.Integer, request.Ids is null ? request.Space : null);
        Add(command, "ids", NpgsqlDbType.Array | NpgsqlDbType.Text, request.Ids?.Select(i => i.ToString()).ToArray());
        return command;
    }

    private static string Fingerprint(PurgeRequest request) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, Wire.Json)));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    private static void Add(NpgsqlCommand command, string name, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
}
