using System.Collections.Concurrent;
using System.Collections.Immutable;
using Npgsql;

namespace Understudy.Catalogue;

/// <summary>
/// One connection that listens for everybody. PostgreSQL keeps no notification for who is not connected, so it wakes and never informs: a consumer
/// polls as well, and once after each <see cref="Reconnected"/>.
/// </summary>
internal sealed partial class Notifications : BackgroundService
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ImmutableList<Action<string>>> _handlers = new(StringComparer.Ordinal);
    private readonly string _connectionString;
    private readonly TimeProvider _time;
    private readonly ILogger<Notifications> _log;
    private CancellationTokenSource _channelAdded = new();

    public Notifications(CatalogueAddress catalogue, TimeProvider time, ILogger<Notifications> log)
    {
        // Not from the pool, which it would shrink for ever. Keepalive asks the server while nothing is notified, so that a peer that died without
        // a word is noticed after a quarter of a minute.
        _connectionString = new NpgsqlConnectionStringBuilder(catalogue.ConnectionString)
        {
            Pooling = false,
            KeepAlive = 10,
            CommandTimeout = 5,
            Timeout = 5,
            ApplicationName = "understudy listen",
        }.ConnectionString;
        _time = time;
        _log = log;
    }

    /// <summary>Raised after each connect, the first included: what was notified before is lost, so poll now.</summary>
    public event Action? Reconnected;

    /// <summary>Calls <paramref name="handler"/> with the payload of each notification on <paramref name="channel"/>. It must be quick: all channels wait for it.</summary>
    /// <returns>Dispose it to be called no more.</returns>
    public IDisposable Subscribe(string channel, Action<string> handler)
    {
        var known = _handlers.ContainsKey(channel);
        _handlers.AddOrUpdate(channel, [handler], (_, handlers) => handlers.Add(handler));
        if (!known)
            Volatile.Read(ref _channelAdded).Cancel();
        return new Subscription(() => _handlers.AddOrUpdate(channel, [], (_, handlers) => handlers.Remove(handler)));
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        for (var pause = MinPause; !stopping.IsCancellationRequested; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            try
            {
                await ListenAsync(() => pause = MinPause, stopping);
                continue;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLost(e.Message, pause);
            }
            await Task.Delay(pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Connects and listens until the connection is lost (throws) or a channel was added to a connection that did not survive the interruption.</summary>
    private async Task ListenAsync(Action connected, CancellationToken stopping)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        connection.Notification += (_, n) => Deliver(n.Channel, n.Payload);
        await connection.OpenAsync(stopping);
        var listening = new HashSet<string>(StringComparer.Ordinal);
        while (connection.State == System.Data.ConnectionState.Open)
        {
            // Before the channels are read, so that one added meanwhile interrupts the wait.
            var interrupted = new CancellationTokenSource();
            Volatile.Write(ref _channelAdded, interrupted);
            foreach (var channel in _handlers.Keys.Except(listening).ToArray())
            {
                await using var listen = new NpgsqlCommand($"listen {Quote(channel)}", connection);
                await listen.ExecuteNonQueryAsync(stopping);
                listening.Add(channel);
            }
            connected();
            Raise(Reconnected);
            await WaitAsync(connection, interrupted.Token, stopping);
        }
    }

    private static async Task WaitAsync(NpgsqlConnection connection, CancellationToken interrupted, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, stopping);
        try
        {
            while (true)
                await connection.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
        }
    }

    private void Deliver(string channel, string payload)
    {
        foreach (var handler in _handlers.GetValueOrDefault(channel, []))
            Raise(() => handler(payload));
    }

    // A consumer's bug must not cut off the others.
    private void Raise(Action? handler)
    {
        try
        {
            handler?.Invoke();
        }
        catch (Exception e)
        {
            LogHandlerFailed(e);
        }
    }

    private static string Quote(string channel) => $"\"{channel.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Catalogue: the listening connection is lost ({Reason}); again in {Pause}, polling meanwhile")]
    private partial void LogLost(string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Catalogue: a consumer of notifications failed")]
    private partial void LogHandlerFailed(Exception e);
}
