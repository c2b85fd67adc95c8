using System.Diagnostics;
using Npgsql;
using Understudy.Bench.Contenders;
using Understudy.Contracts;

namespace Understudy.Bench.Scavenge;

/// <summary>A worker that evicts when it is told to, down to what has to stay, and keeps evicted files for nobody.</summary>
internal sealed class EvictingWorker(WorkerService service, NpgsqlDataSource catalogue) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public WorkerService Service => service;

    public NpgsqlDataSource Catalogue => catalogue;

    /// <param name="keeps">Bytes of the store that stay.</param>
    public static async Task<EvictingWorker> StartAsync(string executable, string store, long keeps, string folder, CancellationToken cancel)
    {
        var settings = new Dictionary<string, string>
        {
            // Half of the budget is the low water mark; what is there doesn't come near the high one.
            ["Storage__MaxBytes"] = $"{2 * keeps}",
            ["Storage__LowWaterPercent"] = "50",
            ["Storage__HighWaterPercent"] = "99",
            ["Storage__GracePeriod"] = "00:00:00",
            ["Storage__EvictedFor"] = "00:00:00",
        };
        var service = await WorkerService.StartAsync(executable, settings, store, folder, cancel);
        return new EvictingWorker(service, NpgsqlDataSource.Create(service.CatalogueConnection));
    }

    /// <returns>When no file is left under its name that was to go.</returns>
    public async Task<TimeSpan> EvictAsync(int left, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(ScavengeOptions.RunLimit);
        var started = Stopwatch.GetTimestamp();
        await service.Client.ScavengeAsync(cancel: bounded.Token);
        for (; ; await Task.Delay(Look, TimeProvider.System, bounded.Token))
        {
            await using var command = catalogue.CreateCommand("select copies as bench, copies > @left or exists (select from plan) from store");
            command.Parameters.AddWithValue("left", (long)left);
            await using var row = await command.ExecuteReaderAsync(bounded.Token);
            await row.ReadAsync(bounded.Token);
            if (row.GetInt64(0) is var copies && !row.GetBoolean(1))
                return copies == left ? Stopwatch.GetElapsedTime(started) : throw new BenchException($"{copies} copies are left, where {left} were to be");
        }
    }

    /// <returns>By the worker's own word.</returns>
    public async Task<(TimeSpan Took, string? Note)> RunAsync(string job, CancellationToken cancel)
    {
        var before = (await ViewAsync(job, cancel)).Last?.Id;
        await service.Client.RunScheduleAsync(job, cancel);
        for (; ; await Task.Delay(Look, TimeProvider.System, cancel))
        {
            if ((await ViewAsync(job, cancel)) is { Running: null, Wanted: false, Last: { } last } && last.Id != before)
                return last.Outcome == RunOutcome.Done ? (TimeSpan.FromSeconds(last.Seconds), last.Note) : throw new BenchException($"{job}: {last.Outcome}, {last.Note}");
        }
    }

    public async Task<ScheduleView> ViewAsync(string job, CancellationToken cancel) => (await service.Client.SchedulesAsync(cancel)).Single(s => s.Name == job);

    public async ValueTask DisposeAsync()
    {
        await catalogue.DisposeAsync();
        await service.DisposeAsync();
    }
}
