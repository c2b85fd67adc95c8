using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Schedules;

/// <summary>Schedules in the catalogue. Each step is one statement that changes nothing where another worker was faster.</summary>
internal sealed class ScheduleTables(NpgsqlDataSource catalogue, Clock clock, NodeIdentity node)
{
    public Task<DateTimeOffset> NowAsync(CancellationToken cancel) => clock(cancel);

    public async Task AddAsync(IEnumerable<string> names, CancellationToken cancel) =>
        await ExecuteAsync("insert into schedule (name, succeeded_at) select name, @now from unnest(@names) name on conflict do nothing", cancel, P("names", names.ToArray()), P("now", await NowAsync(cancel)));

    public async Task<IReadOnlyDictionary<string, ScheduleRow>> ReadAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Schedules.Read"));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rows = new Dictionary<string, ScheduleRow>();
        while (await row.ReadAsync(cancel))
        {
            rows.Add(row.GetString(0), new ScheduleRow(
                row.GetString(0), Text(row, 1), Text(row, 2), row.IsDBNull(3) ? null : row.GetBoolean(3), Text(row, 4), Time(row, 5), Time(row, 6), Text(row, 7),
                Time(row, 8), row.GetBoolean(9), Text(row, 10), row.IsDBNull(11) ? null : row.GetGuid(11), row.IsDBNull(12) ? null : row.GetInt64(12),
                row.GetBoolean(13), Text(row, 14), row.GetFieldValue<DateTimeOffset>(15)));
        }

        return rows;
    }

    /// <returns>The jobs that were cut short, and on which nodes.</returns>
    public async Task<IReadOnlyList<(string Job, string Node)>> ReapAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = Command(Sql.Named("Schedules.Reap"), P("now", now));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var cut = new List<(string, string)>();
        while (await row.ReadAsync(cancel))
            cut.Add((row.GetString(0), row.GetString(1)));
        return cut;
    }

    public Task PlanAsync(ScheduleRow row, Due.Plan plan, CancellationToken cancel) =>
        ExecuteAsync(Sql.Named("Schedules.Plan"), cancel, P("name", row.Name), Time("next_at", plan.Next), Text("next_by", plan.By), Text("was", row.NextBy));

    /// <returns>null: another worker has it, or this one doesn't count as alive.</returns>
    public async Task<Begun?> BeginAsync(ScheduleRow row, Due.Begin due, Guid worker, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = Command(
            Sql.Named("Schedules.Begin"),
            P("name", row.Name), P("worker", worker), Time("next_at", due.Next), Time("was", row.NextAt), Time("asked_at", row.AskedAt),
            P("due_at", due.At), P("manual", row.AskedManual), Text("by", row.AskedBy), P("node", node.Name), P("now", now));
        await using var taken = await command.ExecuteReaderAsync(cancel);
        return await taken.ReadAsync(cancel)
            ? new Begun(row.Name, taken.GetInt64(0), worker, due.At, Text(taken, 1), row.AskedManual, row.AskedBy)
            : null;
    }

    /// <returns>false: it isn't this worker's any more.</returns>
    public async Task<bool> NoteAsync(Begun run, RunNote note, CancellationToken cancel) =>
        await ExecuteAsync(
            Sql.Named("Schedules.Note"), cancel,
            P("name", run.Name), P("run", run.Run), P("worker", run.Worker), Text("checkpoint", note.Checkpoint), Text("progress", note.Progress), Number("fraction", note.Fraction)) > 0;

    public async Task<bool> EndAsync(Begun run, RunOutcome outcome, string? reason, RunNote note, CancellationToken cancel) =>
        await ExecuteAsync(
            Sql.Named("Schedules.End"), cancel,
            P("name", run.Name), P("run", run.Run), P("worker", run.Worker), P("now", await NowAsync(cancel)),
            P("outcome", RunOutcomes.Text(outcome)), Text("note", reason), P("again", outcome == RunOutcome.CutShort),
            Text("checkpoint", outcome == RunOutcome.Done ? null : note.Checkpoint), Text("progress", note.Progress), Number("fraction", note.Fraction)) > 0;

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = catalogue.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter P(string name, object value) => new(name, value is DateTimeOffset time ? time.ToUniversalTime() : value);

    private static NpgsqlParameter Text(string name, string? value) => new(name, NpgsqlDbType.Text) { Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Time(string name, DateTimeOffset? value) => new(name, NpgsqlDbType.TimestampTz) { Value = (object?)value?.ToUniversalTime() ?? DBNull.Value };

    private static NpgsqlParameter Number(string name, double? value) => new(name, NpgsqlDbType.Double) { Value = (object?)value ?? DBNull.Value };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
