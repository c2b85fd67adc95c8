using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Npgsql;
using Understudy.Contracts;
using Understudy.Intake.Queues;
using Understudy.Plans;

namespace Understudy.Overview;

/// <summary>What is going on, told to whoever listens: looked up once a second for all of them together, and not at all while nobody does.</summary>
internal sealed partial class LiveFeed : BackgroundService
{
    public const int MostListeners = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _catalogue;
    private readonly PlanCounts _plans;
    private readonly WorkerViews _workers;
    private readonly Throughput _throughput;
    private readonly QueueListeners? _queues;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveFeed> _log;
    private readonly HashSet<Channel<SseItem<string>>> _listeners = [];
    private bool _stopping;

    public LiveFeed(
        NpgsqlDataSource catalogue, PlanCounts plans, WorkerViews workers, Throughput throughput, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LiveFeed> log)
    {
        (_catalogue, _plans, _workers, _throughput, _time, _log) = (catalogue, plans, workers, throughput, time, log);
        _queues = services.GetService<QueueListeners>();
        // Before the server waits for its requests to end.
        lifetime.ApplicationStopping.Register(Close);
    }

    /// <returns>null: there are too many, or the worker stops.</returns>
    public IAsyncEnumerable<SseItem<string>>? Listen()
    {
        // Who reads slowly misses what is old by then.
        var listener = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_listeners)
        {
            if (_stopping || _listeners.Count >= MostListeners)
                return null;
            _listeners.Add(listener);
        }

        return ReadAsync(listener);
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (Listeners().Length == 0)
                continue;
            var news = await LookAsync(stop);
            foreach (var listener in Listeners())
                listener.Writer.TryWrite(news);
        }
    }

    private Channel<SseItem<string>>[] Listeners()
    {
        lock (_listeners)
            return [.. _listeners];
    }

    private async Task<SseItem<string>> LookAsync(CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        try
        {
            var view = new LiveView(
                now, await _plans.ListAsync(cancel), await _workers.ListAsync(cancel), await StoreAsync(cancel), [.. _queues?.Queues.Select(q => q.View()) ?? []], await _throughput.LatelyAsync(cancel));
            return new SseItem<string>(JsonSerializer.Serialize(view, Wire.Json), "tick");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is, the worker has more important things to do, and the next look may succeed.
            LogAway(e.Message);
            return new SseItem<string>(JsonSerializer.Serialize(new { at = now, reason = "the catalogue is away" }, Wire.Json), "away");
        }
    }

    private async Task<LiveStore> StoreAsync(CancellationToken cancel)
    {
        await using var command = _catalogue.CreateCommand("select copies, used, reserved, retired from store");
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new LiveStore(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    private async IAsyncEnumerable<SseItem<string>> ReadAsync(Channel<SseItem<string>> listener, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        try
        {
            while (await IsMoreAsync(listener.Reader, cancel))
            {
                while (listener.Reader.TryRead(out var news))
                    yield return news;
            }
        }
        finally
        {
            lock (_listeners)
                _listeners.Remove(listener);
        }
    }

    /// <summary>Who goes away is no failure.</summary>
    private static async Task<bool> IsMoreAsync(ChannelReader<SseItem<string>> news, CancellationToken cancel)
    {
        try
        {
            return await news.WaitToReadAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Close()
    {
        lock (_listeners)
        {
            _stopping = true;
            foreach (var listener in _listeners)
                listener.Writer.TryComplete();
        }
    }

    [LoggerMessage(433, LogLevel.Debug, "There is no news of the catalogue at the moment: {Reason}")]
    private partial void LogAway(string reason);
}
