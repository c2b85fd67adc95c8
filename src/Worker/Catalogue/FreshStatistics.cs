using Npgsql;

namespace Understudy.Catalogue;

/// <summary>
/// Has tables analysed as soon as they have grown far beyond what the planner knows of them. PostgreSQL does so itself, once a minute at best; until then it takes a queue
/// of 10,000 for one of a single plan, and reads all of it for each (measured: a settlement 1.4 s, a look at bulk purges 20 s).
/// </summary>
internal sealed partial class FreshStatistics(NpgsqlDataSource catalogue, TimeProvider time, ILogger<FreshStatistics> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                await RefreshAsync(stop);
            }
            catch (NpgsqlException e)
            {
                // Everything works without.
                LogFailed(e.Message);
            }
        }
    }

    /// <returns>What it had analysed; another worker may be at it at the same time, which is left to it.</returns>
    public async Task<IReadOnlyList<string>> RefreshAsync(CancellationToken cancel)
    {
        var grown = new List<string>();
        await using (var command = catalogue.CreateCommand(Sql.Named("Catalogue.FreshStatistics")))
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
                grown.Add(row.GetString(0));
        }

        foreach (var table in grown)
        {
            await using var analyse = catalogue.CreateCommand($"analyze (skip_locked) {table}");
            await analyse.ExecuteNonQueryAsync(cancel);
        }

        return grown;
    }

    [LoggerMessage(106, LogLevel.Debug, "Statistics of the catalogue are as they were: {Reason}")]
    private partial void LogFailed(string reason);
}
