using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Purging;

namespace Understudy.Scavenging.Scrubbing;

/// <summary>What the catalogue knows of checks, and what becomes of a copy that isn't what it was.</summary>
internal sealed class Rot(NpgsqlDataSource catalogue, IEnumerable<PoolSlots> pools)
{
    private readonly bool _purges = pools.Any(p => p.Pool == Pool.Caches);

    /// <summary>The next that weren't checked since <paramref name="before"/>, behind one that was looked at.</summary>
    public async Task<IReadOnlyList<StoredCopy>> NextAsync(StoredCopy? behind, DateTimeOffset before, int most, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Scrubbing.Oldest"));
        command.Parameters.AddWithValue("at", (behind?.CheckedAt ?? DateTimeOffset.MinValue).UtcDateTime);
        command.Parameters.AddWithValue("id", behind?.Id ?? "");
        command.Parameters.AddWithValue("before", before.UtcDateTime);
        command.Parameters.AddWithValue("most", most);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var copies = new List<StoredCopy>();
        while (await row.ReadAsync(cancel))
        {
            copies.Add(new(row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetInt64(3), (uint)row.GetInt64(4), row.GetInt64(5), row.GetBoolean(6))
            {
                UsedAt = row.GetFieldValue<DateTimeOffset>(7),
                Now = row.GetFieldValue<DateTimeOffset>(8),
            });
        }

        return copies;
    }

    /// <summary>It stands behind all others from now on.</summary>
    public async Task CheckedAsync(StoredCopy copy, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Scrubbing.Checked"));
        Name(copy, command.Parameters);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A use that nobody told of, and of which nothing is left when the file was read again.</summary>
    public async Task UsedAsync(StoredCopy copy, DateTimeOffset at, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(
            "update asset set used_at = greatest(used_at, @at), heat = heat_after(heat, least(@at, now()), 1) where id = @id and @at > coalesce(used_at, '-infinity')");
        command.Parameters.AddWithValue("id", copy.Id);
        command.Parameters.AddWithValue("at", at.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Has it copied again, and caches forget what they made of it meanwhile.</summary>
    /// <returns>false: it was replaced or removed, or is about to be.</returns>
    public async Task<bool> RottenAsync(StoredCopy copy, string detail, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // A statement sees only what was there when it began: what settles at this moment is there when the locks are.
        await using (var locking = new NpgsqlCommand("select from asset where id = @id for update; select from plan where asset_id = @id for update", connection, transaction))
        {
            locking.Parameters.AddWithValue("id", copy.Id);
            await locking.ExecuteNonQueryAsync(cancel);
        }

        await using var command = new NpgsqlCommand(Sql.Named("Scavenging.Scrubbing.Recopy"), connection, transaction);
        Name(copy, command.Parameters);
        command.Parameters.AddWithValue("lane", (short)Lane.Ingest);
        command.Parameters.AddWithValue("detail", detail);
        var isPlanned = (long)(await command.ExecuteScalarAsync(cancel))! > 0;
        if (isPlanned && _purges)
        {
            // Bytes that come back as they were are no reason to purge; what was made of the rotten ones is.
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { new AskedPurge(null, Recopies: false, Warms: true, "the copy was rotten").Of([copy.Id], Lane.Ingest, null) } };
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return isPlanned;
    }

    private static void Name(StoredCopy copy, NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue("id", copy.Id);
        parameters.AddWithValue("crc32c", (long)copy.Crc32C);
        parameters.AddWithValue("generation", copy.Generation);
    }
}
