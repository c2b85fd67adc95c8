using Npgsql;
using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Purge;

/// <summary>Where the time of the worker's PostgreSQL goes: its module pg_stat_statements, for which it is started once more.</summary>
internal sealed class StatementTimes(string connection)
{
    private const int Most = 15;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static async Task<StatementTimes> WatchAsync(WorkerService worker, CancellationToken cancel)
    {
        // Before others are let in again, all of them have to be new.
        var times = new StatementTimes(new NpgsqlConnectionStringBuilder(worker.CatalogueConnection) { Pooling = false }.ConnectionString);
        await times.ExecuteAsync("alter system set shared_preload_libraries = 'pg_stat_statements'", cancel);
        var former = worker.Catalogue ?? throw new BenchException("the worker has no PostgreSQL of its own");
        // SIGINT: it ends without waiting for its clients, and the worker starts it again.
        await new Command(Programs.Find("kill") ?? throw new BenchException("kill isn't installed"), ["-INT", $"{former.Id}"]).OutputAsync(TimeSpan.FromSeconds(10), cancel);
        for (var tries = 0; ; tries++)
        {
            await Task.Delay(Look, TimeProvider.System, cancel);
            if (worker.Catalogue is { } now && now.Id != former.Id && await times.ExecuteAsync("create extension if not exists pg_stat_statements", cancel, mayFail: true))
                return times;
            if (tries > 100)
                throw new BenchException("the worker's PostgreSQL did not come back with pg_stat_statements");
        }
    }

    public Task ForgetAsync(CancellationToken cancel) => ExecuteAsync("select pg_stat_statements_reset()", cancel);

    /// <returns>Statements that were executed, and their seconds; but for the benchmark's own looks, and what a pooled connection sends along to be as new.</returns>
    public async Task<(long Calls, double Seconds)> SumAsync(CancellationToken cancel)
    {
        await using var catalogue = NpgsqlDataSource.Create(connection);
        await using var command = catalogue.CreateCommand(
            "select coalesce(sum(calls), 0)::bigint, coalesce(sum(total_exec_time + total_plan_time), 0) / 1000 from pg_stat_statements where query not like '%as bench%' and query ~* '^(--|with|select|insert|update|delete)' and query not like '%advisory_unlock_all%'");
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt64(0), row.GetDouble(1));
    }

    public async Task<IReadOnlyList<StatementTime>> ReadAsync(CancellationToken cancel)
    {
        await using var catalogue = NpgsqlDataSource.Create(connection);
        await using var command = catalogue.CreateCommand(
            $"select left(regexp_replace(query, '\\s+', ' ', 'g'), 110), calls, (total_exec_time + total_plan_time) / 1000, rows from pg_stat_statements order by 3 desc limit {Most}");
        await using var row = await command.ExecuteReaderAsync(cancel);
        var times = new List<StatementTime>();
        while (await row.ReadAsync(cancel))
            times.Add(new(row.GetString(0), row.GetInt64(1), row.GetDouble(2), row.GetInt64(3)));
        return times;
    }

    private async Task<bool> ExecuteAsync(string sql, CancellationToken cancel, bool mayFail = false)
    {
        try
        {
            await using var catalogue = NpgsqlDataSource.Create(connection);
            await using var command = catalogue.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancel);
            return true;
        }
        catch (NpgsqlException) when (mayFail)
        {
            return false;
        }
    }
}
