using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Schedules;

/// <summary>Schedules as people see and change them.</summary>
internal sealed class ScheduleDesk(NpgsqlDataSource catalogue, ScheduleTables tables, Timetable timetable, Clock clock)
{
    private const int Shown = 5;

    public IJob? Find(string name) => timetable.Find(name);

    public IEnumerable<string> Names => timetable.Jobs.Select(j => j.Name);

    public async Task<IReadOnlyList<ScheduleView>> ListAsync(CancellationToken cancel)
    {
        var now = await clock(cancel);
        var rows = await tables.ReadAsync(cancel);
        var runs = await NewestRunsAsync(now, cancel);
        return [.. timetable.Jobs.Select(job => ViewOf(job, rows.GetValueOrDefault(job.Name), runs[job.Name], now))];
    }

    public async Task<ScheduleView> ViewAsync(IJob job, CancellationToken cancel) => (await ListAsync(cancel)).Single(v => v.Name == job.Name);

    /// <param name="before">Only runs before this one.</param>
    public async Task<IReadOnlyList<ScheduleRunView>> RunsAsync(IJob job, long before, int limit, CancellationToken cancel)
    {
        var now = await clock(cancel);
        await using var command = Command("Schedules.Runs", job.Name);
        command.Parameters.AddWithValue("before", before);
        command.Parameters.AddWithValue("limit", limit);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var runs = new List<ScheduleRunView>();
        while (await row.ReadAsync(cancel))
            runs.Add(Read(row, 0, now));
        return runs;
    }

    public async Task SetAsync(IJob job, ScheduleChange change, string? by, CancellationToken cancel)
    {
        await using var command = Command("Schedules.Set", job.Name);
        Add(command, "cron", NpgsqlDbType.Text, change.Cron);
        Add(command, "zone", NpgsqlDbType.Text, change.TimeZone);
        Add(command, "enabled", NpgsqlDbType.Boolean, change.Enabled);
        await ExecuteAsync(command, by, cancel);
    }

    public async Task ResetAsync(IJob job, string? by, CancellationToken cancel)
    {
        await using var command = Command("Schedules.Reset", job.Name);
        await ExecuteAsync(command, by, cancel);
    }

    /// <returns>false: a run is under way, or wanted already.</returns>
    public async Task<bool> AskAsync(IJob job, string? by, CancellationToken cancel)
    {
        await using var command = Command("Schedules.Ask", job.Name);
        return await ExecuteAsync(command, by, cancel);
    }

    /// <returns>false: there is no run to stop.</returns>
    public async Task<bool> StopAsync(IJob job, CancellationToken cancel)
    {
        await using var command = Command("Schedules.Stop", job.Name);
        return await command.ExecuteNonQueryAsync(cancel) > 0;
    }

    /// <returns>What is wrong with a change: the field, its value, and the rule that it breaks.</returns>
    public async Task<(string Field, string Value, string Rule)?> FaultOfAsync(IJob job, ScheduleChange change, CancellationToken cancel)
    {
        var current = timetable.TimingOf(job, (await tables.ReadAsync(cancel)).GetValueOrDefault(job.Name)).Cron;
        var zone = current.Zone;
        if (change.TimeZone is { } name && (zone = TimeZones.Find(name, out var rule)) is null)
            return ("timeZone", name, rule!);
        return change.Cron is { } cron && Cron.Parse(cron, zone, out rule) is null ? ("cron", cron, rule!) : null;
    }

    private static ScheduleView ViewOf(IJob job, ScheduleRow? row, Timing timing, IEnumerable<ScheduleRunView> runs, DateTimeOffset now) => new(
        job.Name, job.Description, timing.Cron.Text, timing.Cron.Zone.Id, timing.Enabled, timing.Source, row?.ChangedBy, row?.ChangedAt,
        timing.Enabled ? [.. NextOf(timing.Cron, now)] : [], row?.AskedAt is not null, row?.Checkpoint is not null,
        runs.FirstOrDefault(r => r.EndedAt is null), runs.FirstOrDefault(r => r.EndedAt is not null), row?.SucceededAt ?? now)
    {
        InWords = CronWords.Of(timing.Cron.Text),
    };

    private ScheduleView ViewOf(IJob job, ScheduleRow? row, IEnumerable<ScheduleRunView> runs, DateTimeOffset now) => ViewOf(job, row, timetable.TimingOf(job, row), runs, now);

    private static IEnumerable<DateTimeOffset> NextOf(Cron cron, DateTimeOffset now)
    {
        for (var (shown, next) = (0, cron.Next(now)); shown < Shown && next is not null; shown++, next = cron.Next(next.Value))
            yield return TimeZoneInfo.ConvertTime(next.Value, cron.Zone);
    }

    private async Task<ILookup<string, ScheduleRunView>> NewestRunsAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Schedules.NewestRuns"));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var runs = new List<(string Name, ScheduleRunView Run)>();
        while (await row.ReadAsync(cancel))
            runs.Add((row.GetString(0), Read(row, 1, now)));
        return runs.ToLookup(r => r.Name, r => r.Run);
    }

    private static ScheduleRunView Read(NpgsqlDataReader row, int at, DateTimeOffset now)
    {
        var started = row.GetFieldValue<DateTimeOffset>(at + 2);
        var ended = row.IsDBNull(at + 3) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(at + 3);
        return new ScheduleRunView(
            row.GetInt64(at), row.GetFieldValue<DateTimeOffset>(at + 1), started, ended, Math.Max(0, ((ended ?? now) - started).TotalSeconds),
            Text(row, at + 4) is { } outcome ? RunOutcomes.Parse(outcome) : null, Text(row, at + 5), row.GetString(at + 6), row.GetBoolean(at + 7), Text(row, at + 8),
            Text(row, at + 9), row.IsDBNull(at + 10) ? null : row.GetDouble(at + 10));
    }

    private async Task<bool> ExecuteAsync(NpgsqlCommand command, string? by, CancellationToken cancel)
    {
        Add(command, "by", NpgsqlDbType.Text, by);
        command.Parameters.AddWithValue("now", await clock(cancel));
        return await command.ExecuteNonQueryAsync(cancel) > 0;
    }

    private NpgsqlCommand Command(string sql, string name)
    {
        var command = catalogue.CreateCommand(Sql.Named(sql));
        command.Parameters.AddWithValue("name", name);
        return command;
    }

    private static void Add(NpgsqlCommand command, string name, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
