using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>Reads what the catalogue knows of assets.</summary>
internal sealed class AssetViews(NpgsqlDataSource catalogue)
{
    /// <summary>Assets that are looked at for a page.</summary>
    public const int MostLooks = 2_000;

    /// <summary>An asset without its history: what a waiting request needs.</summary>
    public async Task<AssetView?> FindAsync(AssetId id, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.FindAsset"));
        command.Parameters.Add(new NpgsqlParameter<string>("id", id.ToString()));
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel) ? Read(id, row) : null;
    }

    /// <summary>An asset with the newest entries of its history, newest first.</summary>
    public async Task<AssetView?> FindWithHistoryAsync(AssetId id, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } view)
            return null;

        await using var command = catalogue.CreateCommand("select at, what, detail from history where asset_id = @id order by at desc limit 100");
        command.Parameters.Add(new NpgsqlParameter<string>("id", id.ToString()));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var history = new List<HistoryView>();
        while (await row.ReadAsync(cancel))
            history.Add(new HistoryView(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), Text(row, 2)));
        return view with { History = history };
    }

    /// <summary>A page of assets by id, from the one behind <paramref name="after"/> on. It may be short, and go on all the same: where few are in a state, a page looks no further than at <see cref="MostLooks"/>.</summary>
    public async Task<PageView<AssetSummary>> ListAsync(IdRange range, int? customer, int? space, AssetState? state, string? stage, string? after, int limit, CancellationToken cancel)
    {
        var isPlanned = stage is not null || state is AssetState.Pending or AssetState.Running or AssetState.Dead;
        await using var command = Ranged(isPlanned ? "Plans.ListPlanned" : "Plans.ListAssets", range, customer, space, after);
        command.Parameters.Add(new NpgsqlParameter("state", NpgsqlDbType.Text) { Value = state is { } s ? JsonNamingPolicy.CamelCase.ConvertName(s.ToString()) : DBNull.Value });
        if (isPlanned)
            command.Parameters.Add(new NpgsqlParameter("stage", NpgsqlDbType.Text) { Value = (object?)stage ?? DBNull.Value });
        else
            command.Parameters.AddWithValue("looks", MostLooks);
        command.Parameters.AddWithValue("limit", limit);
        var items = new List<AssetSummary>();
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
                items.Add(Summary(row));
        }

        var next = items.Count == limit ? items[^1].Id.ToString()
            : isPlanned || state is null ? null
            : await LastLookedAsync(range, customer, space, after, cancel);
        return new PageView<AssetSummary>(items, next);
    }

    private async Task<string?> LastLookedAsync(IdRange range, int? customer, int? space, string? after, CancellationToken cancel)
    {
        await using var command = Ranged("Plans.LastLooked", range, customer, space, after);
        command.Parameters.AddWithValue("looks", MostLooks);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private NpgsqlCommand Ranged(string sql, IdRange range, int? customer, int? space, string? after)
    {
        var command = catalogue.CreateCommand(Sql.Named(sql));
        command.Parameters.AddWithValue("after", after ?? "");
        command.Parameters.AddWithValue("from", range.From);
        command.Parameters.Add(new NpgsqlParameter("to", NpgsqlDbType.Text) { Value = (object?)range.To ?? DBNull.Value });
        // The range holds a customer's, and its space's; said twice, the planner would take the rest for next to none.
        command.Parameters.Add(new NpgsqlParameter("space", NpgsqlDbType.Integer) { Value = customer is null && space is { } s ? s : DBNull.Value });
        return command;
    }

    private static AssetSummary Summary(NpgsqlDataReader row) => new(
        AssetId.Parse(row.GetString(0)),
        Word<AssetState>(row, 1),
        row.IsDBNull(2) ? null : row.GetInt64(2),
        row.IsDBNull(3) ? null : (Lane)row.GetInt16(3),
        row.IsDBNull(4) ? null : row.GetInt32(4),
        row.IsDBNull(5) ? null : Word<Fault>(row, 5),
        Text(row, 6),
        Time(row, 7),
        Text(row, 8));

    private static AssetView Read(AssetId id, NpgsqlDataReader row)
    {
        var copy = row.IsDBNull(5) ? null : new CopyView(
            Path: row.GetString(5),
            Bytes: row.GetInt64(6),
            Source: row.GetString(7),
            ETag: Text(row, 8),
            VersionId: Text(row, 9),
            SourceModified: Time(row, 10),
            Checksum: ((uint)row.GetInt64(11)).ToString("x8"),
            CopiedAt: row.GetFieldValue<DateTimeOffset>(12),
            Facts: row.IsDBNull(13) ? null : new FactsView(
                row.GetString(13).ToLowerInvariant(),
                row.GetInt32(14), row.GetInt32(15), row.GetInt32(16), row.GetInt32(17), row.GetInt32(18), row.GetInt32(19), row.GetInt32(20)));
        var plan = row.IsDBNull(21) ? null : new PlanView(
            Word<Goal>(row, 21),
            Stage: row.GetString(22),
            (Lane)row.GetInt16(23),
            Attempts: row.GetInt32(24),
            Fault: row.IsDBNull(25) ? null : Word<Fault>(row, 25),
            Reason: Text(row, 26),
            DueAt: row.GetFieldValue<DateTimeOffset>(27),
            DeadAt: Time(row, 28),
            Worker: Text(row, 29),
            ReservedBytes: row.GetInt64(30),
            CreatedAt: row.GetFieldValue<DateTimeOffset>(31));
        var warmth = row.IsDBNull(32) ? null : new WarmthView(
            row.GetInt32(32), row.GetInt32(33), row.GetInt32(34), row.GetInt64(35), row.GetInt32(36), Text(row, 37), Time(row, 38));
        var purge = row.IsDBNull(39) ? null : new PurgeView(row.GetFieldValue<DateTimeOffset>(39), Time(row, 40), PurgeTargets(row.GetString(41)), Time(row, 42));
        return new AssetView(
            id, Word<AssetState>(row, 0), Generation: row.GetInt64(1), Source: Text(row, 2),
            copy, plan, warmth, purge, new UseView(row.GetInt64(3), Time(row, 4)), []);
    }

    private static IReadOnlyList<PurgeTargetView> PurgeTargets(string targets) =>
        [.. JsonSerializer.Deserialize<Dictionary<string, PurgeTargetView>>(targets, Wire.LenientJson)!.Select(t => t.Value with { Name = t.Key })];

    private static T Word<T>(NpgsqlDataReader row, int column)
        where T : struct, Enum => Enum.Parse<T>(row.GetString(column), ignoreCase: true);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
