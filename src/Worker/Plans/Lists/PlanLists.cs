using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans.Lists;

/// <summary>Plans as operators look through them, by state: also a hundred thousand dead ones.</summary>
internal sealed class PlanLists(NpgsqlDataSource catalogue)
{
    // More takes too long for a page, and nobody reads the number.
    private const int MostCounted = 200_000;

    private const int NewestReasons = 200;

    /// <param name="state">Pending, running or dead.</param>
    public async Task<PageView<PlanSummary>> ListAsync(AssetState state, PlanFilter filter, PlanPlace? after, int limit, CancellationToken cancel)
    {
        await using var command = Filtered(state == AssetState.Dead ? "Plans.Lists.Dead" : "Plans.Lists.Living", filter);
        if (state != AssetState.Dead)
            command.Parameters.AddWithValue("running", state == AssetState.Running);
        Add(command, "at", NpgsqlDbType.TimestampTz, after?.At.UtcDateTime);
        command.Parameters.AddWithValue("id", after?.Asset ?? "");
        command.Parameters.AddWithValue("limit", limit);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var items = new List<PlanSummary>();
        while (await row.ReadAsync(cancel))
            items.Add(Read(row));
        return new PageView<PlanSummary>(items, items.Count == limit ? $"{PlanPlace.Of(items[^1])}" : null);
    }

    public async Task<PlansCounted> CountAsync(AssetState state, PlanFilter filter, CancellationToken cancel)
    {
        await using var command = Filtered("Plans.Lists.Count", filter);
        command.Parameters.AddWithValue("state", state.ToString().ToLowerInvariant());
        command.Parameters.AddWithValue("most", MostCounted + 1);
        var plans = (long)(await command.ExecuteScalarAsync(cancel))!;
        return new PlansCounted(Math.Min(plans, MostCounted), plans > MostCounted);
    }

    /// <summary>What plans were given up for, the most first.</summary>
    public async Task<IReadOnlyList<FaultGroup>> FaultsAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.Lists.Faults"));
        command.Parameters.AddWithValue("newest", NewestReasons);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var groups = new List<FaultGroup>();
        while (await row.ReadAsync(cancel))
        {
            var (stage, fault) = (row.GetString(0), FaultIn(row, 1));
            if (groups.LastOrDefault() is not { } last || last.Stage != stage || last.Fault != fault)
                groups.Add(new FaultGroup(stage, fault, row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4), []));
            if (!row.IsDBNull(5) && row.GetString(5) is { Length: > 0 } words)
                groups[^1] = groups[^1] with { Reasons = [.. groups[^1].Reasons, new FaultReason(words, row.GetInt64(6))] };
        }

        return groups;
    }

    private NpgsqlCommand Filtered(string sql, PlanFilter filter)
    {
        var command = catalogue.CreateCommand(Sql.Named(sql));
        AddFilter(command, filter);
        return command;
    }

    public static void AddFilter(NpgsqlCommand command, PlanFilter filter)
    {
        Add(command, "lane", NpgsqlDbType.Integer, (int?)filter.Lane);
        Add(command, "stage", NpgsqlDbType.Text, filter.Stage);
        Add(command, "fault", NpgsqlDbType.Text, filter.Fault is { } fault ? Faults.Name(fault) : null);
        Add(command, "customer", NpgsqlDbType.Integer, filter.Customer);
        Add(command, "reason", NpgsqlDbType.Text, filter.Reason);
    }

    private static PlanSummary Read(NpgsqlDataReader row) => new(
        AssetId.Parse(row.GetString(0)),
        Enum.Parse<Goal>(row.GetString(1), ignoreCase: true),
        Stage: row.GetString(2),
        (Lane)row.GetInt16(3),
        Enum.Parse<AssetState>(row.GetString(4), ignoreCase: true),
        Attempts: row.GetInt32(5),
        FaultIn(row, 6),
        Reason: row.IsDBNull(7) ? null : row.GetString(7),
        DueAt: row.GetFieldValue<DateTimeOffset>(8),
        DeadAt: row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
        Worker: row.IsDBNull(10) ? null : row.GetString(10),
        CreatedAt: row.GetFieldValue<DateTimeOffset>(11));

    private static Fault? FaultIn(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Enum.Parse<Fault>(row.GetString(column), ignoreCase: true);

    private static void Add(NpgsqlCommand command, string name, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
}

/// <summary>Where a page of plans ends: a dead one's death, a living one's due time. PostgreSQL counts microseconds, so ticks lose nothing.</summary>
internal sealed record PlanPlace(DateTimeOffset At, string Asset)
{
    public static PlanPlace Of(PlanSummary plan) => new(plan.DeadAt ?? plan.DueAt, $"{plan.Id}");

    public static PlanPlace? Parse(string text) =>
        text.Split('~', 2) is [var ticks, var asset] && AssetId.TryParse(asset, out _)
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
            ? new PlanPlace(new DateTimeOffset(at, TimeSpan.Zero), asset)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}~{Asset}");
}
