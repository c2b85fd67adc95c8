using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Overview;

/// <summary>Brings what this worker did into the catalogue every two seconds, and reads what all did; also how full the store was, hour by hour.</summary>
internal sealed partial class Throughput(NpgsqlDataSource catalogue, ThroughputMeter meter, WorkerRegistry registry, TimeProvider time, ILogger<Throughput> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), Shown = TimeSpan.FromHours(1);

    // Looks at the clock and at what is old: not each time.
    private const int SampledEach = 30;

    /// <param name="step">Ten seconds or a multiple.</param>
    public async Task<ThroughputView> ViewAsync(TimeSpan step, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Overview.Throughput"));
        command.Parameters.AddWithValue("step", step);
        command.Parameters.AddWithValue("shown", Shown);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var spans = new List<ThroughputSpan>();
        while (await row.ReadAsync(cancel))
            spans.Add(Read(row));
        return new ThroughputView((int)step.TotalSeconds, spans);
    }

    /// <summary>What all workers did in the span of ten seconds before this one, and in this one.</summary>
    public async Task<ThroughputSpan> LatelyAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Overview.Lately"));
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return Read(row);
    }

    /// <summary>What was counted since the last time goes into the catalogue.</summary>
    public async Task SaveAsync(CancellationToken cancel)
    {
        var done = meter.Take();
        if (done is { Events: 0, Copies: 0, Bytes: 0, WarmRequests: 0, Purges: 0, Evictions: 0, Failures: 0 })
            return;
        try
        {
            await using var command = catalogue.CreateCommand(Sql.Named("Overview.Save"));
            command.Parameters.AddWithValue("worker", registry.Id);
            command.Parameters.AddWithValue("events", done.Events);
            command.Parameters.AddWithValue("copies", done.Copies);
            command.Parameters.AddWithValue("bytes", done.Bytes);
            command.Parameters.AddWithValue("warm_requests", done.WarmRequests);
            command.Parameters.AddWithValue("purges", done.Purges);
            command.Parameters.AddWithValue("evictions", done.Evictions);
            command.Parameters.AddWithValue("failures", done.Failures);
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch
        {
            // Counted when the catalogue is back, if later than it happened.
            meter.GiveBack(done);
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var turn = 0;
        do
        {
            try
            {
                await SaveAsync(stop);
                if (turn++ % SampledEach == 0)
                    await SampleAsync(stop);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task SampleAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Overview.Sample"));
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static ThroughputSpan Read(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7));

    [LoggerMessage(432, LogLevel.Debug, "What this worker did can't be noted at the moment: {Reason}")]
    private partial void LogFailed(string reason);
}
