using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Flow;
using Understudy.Copying.Images;

namespace Understudy.Plans;

/// <summary>What a worker got.</summary>
/// <param name="MissedSome">Somebody else was at some of the plans it would have got; there may be others in their place.</param>
internal sealed record Lease(IReadOnlyList<Attempt> Attempts, bool MissedSome);

/// <summary>Takes due plans out of the catalogue for a worker.</summary>
internal sealed class Leases(NpgsqlDataSource catalogue)
{
    /// <param name="free">By lane: how many may be taken up to and including it (see <see cref="LaneSlots"/>).</param>
    public async Task<Lease> TakeAsync(Guid worker, Pool pool, int[] free, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.Lease"));
        command.Parameters.Add(new NpgsqlParameter<Guid>("worker", worker));
        command.Parameters.Add(new NpgsqlParameter<short>("pool", (short)pool));
        command.Parameters.Add(new NpgsqlParameter<int[]>("free", free));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var attempts = new List<Attempt>();
        var missed = false;
        while (await row.ReadAsync(cancel))
        {
            if (row.IsDBNull(0))
                missed = true;
            else
                attempts.Add(ReadAttempt(row, pool));
        }

        return new Lease(attempts, missed);
    }

    /// <summary>Frees what stands as leased to the worker and isn't in <paramref name="running"/>. Never while it takes plans: those aren't running yet.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ReleaseForgottenAsync(Guid worker, Guid[] running, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.ReleaseForgotten"));
        command.Parameters.Add(new NpgsqlParameter<Guid>("worker", worker));
        command.Parameters.Add(new NpgsqlParameter<Guid[]>("running", running));
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Lanes and stages of the worker's plans, which others may have changed.</summary>
    public async Task<IReadOnlyList<(AssetId Id, Lane Lane, string Stage)>> WantedAsync(Guid worker, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("select asset_id, lane, stage from plan where worker = @worker");
        command.Parameters.Add(new NpgsqlParameter<Guid>("worker", worker));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var wanted = new List<(AssetId, Lane, string)>();
        while (await row.ReadAsync(cancel))
            wanted.Add((AssetId.Parse(row.GetString(0)), (Lane)row.GetInt16(1), row.GetString(2)));
        return wanted;
    }

    private static Attempt ReadAttempt(NpgsqlDataReader row, Pool pool)
    {
        var id = AssetId.Parse(row.GetString(0));
        return new Attempt(
            id,
            Token: row.GetGuid(4),
            Formers: row.GetFieldValue<Guid[]>(5),
            Stage: row.GetString(1),
            Generation: row.GetInt64(3),
            Attempts: row.GetInt32(6),
            Source: Text(row, 7),
            Copy: row.IsDBNull(8) ? null : ReadCopy(row),
            new FlowTicket(id.Customer, (Lane)row.GetInt16(2)))
        {
            Pool = pool,
            Recopies = row.GetBoolean(25),
            Announcement = row.IsDBNull(23) ? null : new AnnouncedIngest(row.GetFieldValue<DateTimeOffset>(23), Text(row, 24)),
        };
    }

    private static CopyRecord ReadCopy(NpgsqlDataReader row) => new(
        Path: row.GetString(8),
        Source: row.GetString(10),
        new SourceVersion(Text(row, 11) ?? "", Text(row, 12), row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13), row.GetInt64(9)),
        Crc32C: (uint)row.GetInt64(14),
        Facts: row.IsDBNull(15) ? null : new ImageFacts(
            Enum.TryParse<ImageFormat>(row.GetString(15), out var format) ? format : ImageFormat.Unknown,
            row.GetInt32(16), row.GetInt32(17), row.GetInt32(18), row.GetInt32(19), row.GetInt32(20), row.GetInt32(21), row.GetInt32(22)));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
