using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Publishing;

namespace Understudy.Integration.Tests.Publishing;

public sealed class OutboxRelayTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly ScriptedSink _sink = new();
    private readonly TestLog<OutboxRelay> _log = new();
    private readonly Outbox _outbox = new(new PublishingOptions { InMemory = true }, TimeProvider.System);
    private TestCatalogue _catalogue = null!;
    private OutboxRelay _relay = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _relay = NewRelay();
    }

    [Fact]
    public async Task What_is_published_leaves_the_outbox_in_the_order_in_which_it_came()
    {
        var ids = await WriteAsync("a", "b", "c");

        Assert.IsType<Round.Moved>(await RoundAsync());

        Assert.Equal(ids, _sink.Ids);
        Assert.Equal(("AssetFailed", Samples.Asset("a")), (_sink.Published.First().Type, _sink.Published.First().Asset));
        Assert.Equal(0, await LeftAsync());
        Assert.IsType<Round.Empty>(await RoundAsync());
    }

    [Fact]
    public async Task More_than_a_round_takes_go_out_in_several()
    {
        var ids = await WriteAsync([.. Enumerable.Range(0, 250).Select(i => $"{i}")]);

        while (await RoundAsync() is Round.Moved)
        {
        }

        Assert.Equal(ids, _sink.Ids);
    }

    [Fact]
    public async Task Announcements_of_one_asset_go_one_after_the_other()
    {
        var ids = await WriteAsync("a", "a", "b", "a");

        Assert.IsType<Round.Moved>(await RoundAsync());

        Assert.Equal([ids[0], ids[2], ids[1], ids[3]], _sink.Ids);
    }

    [Fact]
    public async Task Failed_one_holds_back_the_later_ones_of_its_asset_and_nothing_else()
    {
        var ids = await WriteAsync("a", "a", "b");
        _sink.Fail(a => a.Id == ids[0], mayPass: true);
        Assert.IsType<Round.Moved>(await RoundAsync());
        Assert.Equal([ids[2]], _sink.Ids);
        Assert.Equal("1 refused", await _catalogue.AskAsync<string>("select attempts || ' ' || failed_reason from outbox where due_at > now() and dead_at is null"));

        await HoldAsync();
        var later = await WriteAsync("a", "c");
        Assert.IsType<Round.Moved>(await RoundAsync());
        Assert.Equal([ids[2], later[1]], _sink.Ids);
        Assert.IsType<Round.NotNow>(await RoundAsync());

        _sink.Script = (_, _) => ScriptedSink.Answer();
        await _catalogue.ExecuteAsync("update outbox set due_at = now() where due_at is not null");
        Assert.IsType<Round.Moved>(await RoundAsync());
        Assert.Equal([ids[2], later[1], ids[0], ids[1], later[0]], _sink.Ids);
        Assert.Equal(0, await LeftAsync());
    }

    [Fact]
    public async Task What_may_pass_is_never_set_aside()
    {
        await WriteAsync("a");
        _sink.Fail(_ => true, mayPass: true);

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("refused", Assert.IsType<Round.Stuck>(await RoundAsync()).Reason);
            await _catalogue.ExecuteAsync("update outbox set due_at = now()");
        }

        Assert.Equal(1, await _catalogue.AskAsync<long>("select count(*) from outbox where attempts = 30 and dead_at is null"));
        Assert.Single(_log.Lines, l => l.Contains("could not be published 20 times", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_at_fault_itself_is_set_aside_at_once_with_the_reason()
    {
        var ids = await WriteAsync("a", "a", "b");
        _sink.Fail(a => a.Id == ids[0], mayPass: false);

        Assert.IsType<Round.Moved>(await RoundAsync());

        Assert.Equal([ids[2], ids[1]], _sink.Ids);
        Assert.Equal($"{ids[0]} 1 refused", await _catalogue.AskAsync<string>("select id || ' ' || attempts || ' ' || failed_reason from outbox where dead_at is not null"));
        Assert.IsType<Round.Empty>(await RoundAsync());
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task Topic_that_is_away_costs_no_message_a_try()
    {
        var ids = await WriteAsync("a", "b");
        _sink.Script = (_, _) => throw new IOException("no route to the topic");

        Assert.Equal("no route to the topic", Assert.IsType<Round.Stuck>(await RoundAsync()).Reason);
        Assert.Equal(2, await _catalogue.AskAsync<long>("select count(*) from outbox where attempts = 0 and due_at is null"));

        _sink.Script = (_, _) => ScriptedSink.Answer();
        await RoundAsync();
        Assert.Equal(ids, _sink.Ids);
    }

    [Fact]
    public async Task What_went_out_before_the_topic_broke_down_is_not_published_again()
    {
        var ids = await WriteAsync("a", "a");
        _sink.Script = (batch, _) => batch[0].Id == ids[0] ? ScriptedSink.Answer() : throw new IOException("gone");

        Assert.IsType<Round.Stuck>(await RoundAsync());
        _sink.Script = (_, _) => ScriptedSink.Answer();
        await RoundAsync();

        Assert.Equal(ids, _sink.Ids);
    }

    [Fact]
    public async Task Sink_that_answers_nobody_loses_its_round_after_the_longest_time()
    {
        var time = new FakeTimeProvider();
        using var relay = NewRelay(time);
        await WriteAsync("a");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sink.Script = (_, _) =>
        {
            asked.SetResult();
            return new TaskCompletionSource<IReadOnlyList<PublishFailure>>().Task;
        };

        var round = relay.RunAsync(CancellationToken.None);
        await asked.Task;
        time.Advance(OutboxRelay.LongestRound);

        Assert.StartsWith("no answer within", Assert.IsType<Round.Stuck>(await round).Reason, StringComparison.Ordinal);
        Assert.Equal(1, await LeftAsync());
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"));
    }

    [Fact]
    public async Task While_one_relay_is_at_it_another_publishes_nothing()
    {
        var ids = await WriteAsync("a", "b");
        var (asked, answer) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource<IReadOnlyList<PublishFailure>>());
        _sink.Script = (_, _) =>
        {
            asked.SetResult();
            return answer.Task;
        };
        using var other = NewRelay();

        var first = RoundAsync();
        await asked.Task;
        Assert.IsType<Round.NotNow>(await other.RunAsync(CancellationToken.None));
        answer.SetResult([]);
        Assert.IsType<Round.Moved>(await first);

        Assert.IsType<Round.Empty>(await other.RunAsync(CancellationToken.None));
        Assert.Equal(ids, _sink.Ids);
    }

    [Fact]
    public async Task Two_relays_publish_everything_once_and_in_order()
    {
        using var other = NewRelay();
        await _relay.StartAsync(CancellationToken.None);
        await other.StartAsync(CancellationToken.None);
        var ids = new List<long>();
        for (var i = 0; i < 40; i++)
        {
            ids.AddRange(await WriteAsync([.. Enumerable.Range(0, 25).Select(asset => $"{asset % (i % 5 + 3)}")]));
            _outbox.MayHoldMore();
        }

        await Eventually.TrueAsync(async () => await LeftAsync() == 0, "published");
        await _relay.StopAsync(CancellationToken.None);
        await other.StopAsync(CancellationToken.None);

        Assert.Equal(ids, _sink.Ids.Order());
        Assert.All(_sink.Published.GroupBy(a => a.Asset), asset => Assert.Equal(asset.Select(a => a.Id).Order(), asset.Select(a => a.Id)));
    }

    [Fact]
    public async Task Relay_that_dies_after_publishing_and_before_the_commit_publishes_again()
    {
        var ids = await WriteAsync("a", "b");
        _sink.Script = async (_, _) =>
        {
            Assert.Equal(1, await _catalogue.AskAsync<long>("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"));
            return [];
        };
        await Assert.ThrowsAnyAsync<NpgsqlException>(RoundAsync);
        Assert.Equal(2, await LeftAsync());

        _sink.Script = (_, _) => ScriptedSink.Answer();
        // The server frees the lock of a connection that it ended in its own time.
        await Eventually.TrueAsync(async () => await RoundAsync() is Round.Moved, "published again");

        Assert.Equal([.. ids, .. ids], _sink.Ids);
        Assert.Equal(0, await LeftAsync());
    }

    [Fact]
    public async Task Relay_that_is_stopped_while_it_publishes_keeps_what_is_not_out()
    {
        var ids = await WriteAsync("a", "a");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sink.Script = async (batch, cancel) =>
        {
            if (batch[0].Id == ids[0])
                return [];
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return [];
        };
        await _relay.StartAsync(CancellationToken.None);
        await asked.Task;

        await _relay.StopAsync(CancellationToken.None);

        Assert.Equal([ids[0]], _sink.Ids);
        Assert.Equal(ids[1], await _catalogue.AskAsync<long>("select id from outbox"));
    }

    [Fact]
    public async Task What_another_worker_wrote_is_found_by_looking()
    {
        await _relay.StartAsync(CancellationToken.None);

        var ids = await WriteAsync("a");

        await Eventually.TrueAsync(() => _sink.Ids.SequenceEqual(ids), "published");
        await _relay.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Settlement_on_this_node_is_published_without_waiting_for_the_next_look()
    {
        var time = new FakeTimeProvider();
        await using var node = new Node(_catalogue, time: time);
        node.Publishing.InMemory = true;
        using var relay = new OutboxRelay(_catalogue.Source, _sink, node.Outbox, time, _log);
        await node.Registry.SignOnAsync(CancellationToken.None);
        await relay.StartAsync(CancellationToken.None);
        await node.AcceptAsync(Samples.Ingested(Samples.Asset("a")));
        var attempt = (await node.LeaseAsync()).Single();

        Assert.True(await node.SettleAsync(attempt, Samples.Copied(attempt, 10)));

        await Eventually.TrueAsync(() => _sink.Published.Count == 1, "published");
        await relay.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Relay_outlives_an_outage_of_the_catalogue_and_says_so_twice()
    {
        var ids = await WriteAsync("a");
        var database = await _catalogue.AskAsync<string>("select current_database()");
        await postgres.ExecuteAsync($"alter database {database} allow_connections false");
        await postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        await _relay.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => !_log.Lines.IsEmpty, "noticed");
        await postgres.ExecuteAsync($"alter database {database} allow_connections true");

        await Eventually.TrueAsync(() => _log.Lines.Count == 2, "works again");
        await _relay.StopAsync(CancellationToken.None);

        Assert.Equal(ids, _sink.Ids);
        Assert.StartsWith("Nothing can be published", _log.Lines.First(), StringComparison.Ordinal);
        Assert.StartsWith("Publishing works again", _log.Lines.Last(), StringComparison.Ordinal);
    }

    private Task<Round> RoundAsync() => _relay.RunAsync(CancellationToken.None);

    private OutboxRelay NewRelay(TimeProvider? time = null) => new(_catalogue.Source, _sink, _outbox, time ?? TimeProvider.System, _log);

    /// <summary>A row for each asset.</summary>
    private Task<IReadOnlyList<long>> WriteAsync(params string[] assets) => _catalogue.ListAsync<long>(
        """
        insert into outbox (type, asset_id, body)
        select 'AssetFailed', '1/1/' || asset, '{}' from unnest(@assets) with ordinality as a(asset, place) order by place
        returning id
        """,
        new { assets });

    private Task<int> HoldAsync() => _catalogue.ExecuteAsync("update outbox set due_at = now() + interval '1 hour' where due_at is not null");

    private Task<long> LeftAsync() => _catalogue.AskAsync<long>("select count(*) from outbox where dead_at is null");

    public async ValueTask DisposeAsync()
    {
        _relay.Dispose();
        _outbox.Dispose();
        await _catalogue.DisposeAsync();
    }
}
