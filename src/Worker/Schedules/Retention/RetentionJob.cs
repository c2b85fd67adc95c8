using System.Globalization;
using Npgsql;
using Understudy.Catalogue;

namespace Understudy.Schedules.Retention;

/// <summary>
/// Deletes what has happened and is of no more use, so that the catalogue doesn't grow with time. In small statements: nobody waits for them.
/// Assets, copies and plans, also those given up, are no history.
/// </summary>
internal sealed class RetentionJob(NpgsqlDataSource catalogue, ScheduleOptions options, Clock clock) : IJob
{
    /// <summary>Of 8 KiB: a statement reads 4 MiB of the biggest table.</summary>
    public const int BlocksAtOnce = 512;

    public const int RowsAtOnce = 5_000;

    private static readonly string[] Others = ["Runs", "Outbox", "WarmingLists", "Warmings", "PlanActions"];

    public string Name => "retention";

    public string DefaultCron => "15 3 * * *";

    public string Description => "Deletes history, runs of jobs, bulk warmings that are over and messages given up that are older than Schedules:KeepHistory, and recorded uses older than Schedules:KeepUses";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        var now = await clock(cancel);
        var before = now - options.KeepHistory;
        var deleted = new Dictionary<string, long>();
        foreach (var statement in Others)
            deleted[statement] = await RepeatAsync($"Schedules.Retention.{statement}", before, cancel);
        var uses = await RepeatAsync("Schedules.Retention.Uses", now - options.KeepUses, cancel);
        await FoldWorthAsync(before, cancel);
        var history = await ClearHistoryAsync(run, before, cancel);
        return new JobOutcome.Done(string.Create(
            CultureInfo.InvariantCulture,
            $"deleted what was before {before:yyyy-MM-dd HH:mm} UTC: {history} lines of history, {deleted["Runs"]} runs, {deleted["Outbox"]} messages, {deleted["Warmings"]} bulk warmings with {deleted["WarmingLists"]} listed assets, {uses} rows of recorded uses"));
    }

    private async Task<long> RepeatAsync(string statement, DateTimeOffset before, CancellationToken cancel)
    {
        long all = 0;
        while (true)
        {
            await using var command = catalogue.CreateCommand(Sql.Named(statement));
            command.Parameters.AddWithValue("before", before.ToUniversalTime());
            command.Parameters.AddWithValue("most", RowsAtOnce);
            var deleted = await command.ExecuteNonQueryAsync(cancel);
            all += deleted;
            if (deleted < RowsAtOnce)
                return all;
        }
    }

    private async Task FoldWorthAsync(DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Schedules.Retention.Worth"));
        command.Parameters.AddWithValue("before", before.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Block by block, once through the table: an index in the order of time would cost every settlement something.</summary>
    private async Task<long> ClearHistoryAsync(JobRun run, DateTimeOffset before, CancellationToken cancel)
    {
        var (all, blocks) = (0L, await BlocksAsync(cancel));
        long.TryParse(run.Checkpoint, NumberStyles.None, CultureInfo.InvariantCulture, out var at);
        for (; at < blocks; at += BlocksAtOnce)
        {
            await using var command = catalogue.CreateCommand(Sql.Named("Schedules.Retention.History"));
            command.Parameters.AddWithValue("before", before.ToUniversalTime());
            command.Parameters.AddWithValue("first", at);
            command.Parameters.AddWithValue("end", at + BlocksAtOnce);
            all += await command.ExecuteNonQueryAsync(cancel);
            var done = Math.Min(at + BlocksAtOnce, blocks);
            await run.NoteAsync(done.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{all} lines of history deleted"), done / (double)blocks);
        }

        return all;
    }

    private async Task<long> BlocksAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("select pg_relation_size('history') / current_setting('block_size')::int");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
