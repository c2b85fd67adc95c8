using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Copying.Auditing;

/// <summary>What is to be audited, and what an audit found, in the catalogue.</summary>
internal sealed class Findings(NpgsqlDataSource catalogue)
{
    public async Task<IReadOnlyList<Audited>> NextAsync(string after, int most, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Copying.Auditing.Next"));
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("most", most);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var copies = new List<Audited>();
        while (await row.ReadAsync(cancel))
        {
            copies.Add(new(
                AssetId.Parse(row.GetString(0)), Text(row, 1), row.GetInt64(2), row.GetString(3), Text(row, 4) ?? "", Text(row, 5),
                row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6), row.GetInt64(7)));
        }

        return copies;
    }

    /// <returns>Whether it is copied again now; else an event was faster.</returns>
    public async Task<bool> ChangedAsync(Audited copy, string detail, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // A statement sees only what was there when it began: what settles at this moment is there when the locks are.
        await using (var locking = new NpgsqlCommand("select from asset where id = @id for update; select from plan where asset_id = @id for update", connection, transaction))
        {
            locking.Parameters.AddWithValue("id", $"{copy.Id}");
            await locking.ExecuteNonQueryAsync(cancel);
        }

        await using var command = new NpgsqlCommand(Sql.Named("Copying.Auditing.Changed"), connection, transaction);
        command.Parameters.AddWithValue("id", $"{copy.Id}");
        command.Parameters.AddWithValue("generation", copy.Generation);
        command.Parameters.AddWithValue("detail", NpgsqlDbType.Text, detail);
        var isPlanned = (long)(await command.ExecuteScalarAsync(cancel))! > 0;
        await transaction.CommitAsync(cancel);
        return isPlanned;
    }

    public async Task GoneAsync(Audited copy, string detail, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Copying.Auditing.Gone"));
        command.Parameters.AddWithValue("id", $"{copy.Id}");
        command.Parameters.AddWithValue("detail", NpgsqlDbType.Text, detail);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
