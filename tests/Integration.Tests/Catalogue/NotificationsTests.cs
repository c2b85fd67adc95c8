using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Catalogue;

public sealed class NotificationsTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _heard = new();
    private NpgsqlDataSource _catalogue = null!;
    private Notifications _notifications = null!;
    private int _connects;

    public async ValueTask InitializeAsync()
    {
        var address = await postgres.NewDatabaseAsync();
        _catalogue = NpgsqlDataSource.Create(address);
        _notifications = new(new CatalogueAddress(address), TimeProvider.System, new TestLog<Notifications>());
        _notifications.Reconnected += () => Interlocked.Increment(ref _connects);
    }

    [Fact]
    public async Task Subscriber_hears_the_payload_of_its_channel_only()
    {
        using var _ = _notifications.Subscribe("Plans due", _heard.Enqueue);
        await StartAsync();

        await NotifyAsync("other", "no");
        await NotifyAsync("Plans due", "yes");

        await HeardAsync("yes");
        Assert.Equal(["yes"], _heard);
    }

    [Fact]
    public async Task Subscriber_that_comes_while_it_listens_is_heard_too()
    {
        using var first = _notifications.Subscribe("first", _heard.Enqueue);
        await StartAsync();

        using var second = _notifications.Subscribe("second", _heard.Enqueue);

        await NotifyUntilHeardAsync("second", "from second");
        await NotifyAsync("first", "from first");
        await HeardAsync("from first");
    }

    [Fact]
    public async Task Subscriber_hears_no_more_after_it_has_ended()
    {
        using var stays = _notifications.Subscribe("channel", p => _heard.Enqueue("stays " + p));
        var ends = _notifications.Subscribe("channel", p => _heard.Enqueue("ends " + p));
        await StartAsync();

        ends.Dispose();
        await NotifyAsync("channel", "1");

        await HeardAsync("stays 1");
        Assert.DoesNotContain("ends 1", _heard);
    }

    [Fact]
    public async Task Lost_connection_is_made_again_and_says_so()
    {
        using var _ = _notifications.Subscribe("channel", _heard.Enqueue);
        await StartAsync();
        var before = Volatile.Read(ref _connects);

        Assert.Equal(1, await TerminateAsync());
        await Eventually.TrueAsync(() => Volatile.Read(ref _connects) > before, "reconnected");
        await NotifyAsync("channel", "after");

        await HeardAsync("after");
    }

    [Fact]
    public async Task Failing_consumer_does_not_cut_off_the_others()
    {
        using var broken = _notifications.Subscribe("channel", _ => throw new InvalidOperationException("a bug"));
        using var sound = _notifications.Subscribe("channel", _heard.Enqueue);
        await StartAsync();

        await NotifyAsync("channel", "1");

        await HeardAsync("1");
    }

    private async Task StartAsync()
    {
        await _notifications.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Volatile.Read(ref _connects) > 0, "connected");
    }

    private Task HeardAsync(string payload) => Eventually.TrueAsync(() => _heard.Contains(payload), $"heard {payload}");

    private Task NotifyUntilHeardAsync(string channel, string payload) => Eventually.TrueAsync(
        async () =>
        {
            await NotifyAsync(channel, payload);
            return _heard.Contains(payload);
        },
        $"heard {payload}");

    private async Task NotifyAsync(string channel, string payload)
    {
        await using var connection = await _catalogue.OpenConnectionAsync();
        await connection.ExecuteAsync("select pg_notify(@channel, @payload)", new { channel, payload });
    }

    private async Task<int> TerminateAsync()
    {
        await using var connection = await _catalogue.OpenConnectionAsync();
        return (await connection.QueryAsync<bool>(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'understudy listen' and datname = current_database()")).Count(ended => ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _notifications.StopAsync(CancellationToken.None);
        _notifications.Dispose();
        await _catalogue.DisposeAsync();
    }
}
