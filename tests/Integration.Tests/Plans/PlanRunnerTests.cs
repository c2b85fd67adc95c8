using System.Collections.Concurrent;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Plans;

public sealed class PlanRunnerTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private readonly List<Node> _nodes = [];
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private TestCatalogue _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await TestCatalogue.CreateAsync(postgres);

    [Fact]
    public async Task Plan_is_given_up_after_the_last_attempt_with_its_reason_and_tried_again_when_asked()
    {
        var broken = true;
        var node = await StartAsync(a => broken ? new Outcome.Failed("the source is down") : Samples.Copied(a, 10), With(o => o.MaxAttempts = 3));
        await node.AcceptAsync(Samples.Ingested(Id));

        await StateAsync(Id, AssetState.Dead);
        Assert.Equal(3, _attempts.Count);
        var listed = Assert.Single((await _catalogue.Views.ListAsync(IdRange.Of(""), null, null, AssetState.Dead, null, null, 10, CancellationToken.None)).Items);
        Assert.Equal((Id, Fault.Failed, "the source is down", 3), (listed.Id, listed.Fault, listed.Reason, listed.Attempts));

        broken = false;
        Assert.True(await new Retries(_catalogue.Source, node.Wake).RetryAsync(Id, CancellationToken.None));

        await StateAsync(Id, AssetState.Present);
        Assert.False(await new Retries(_catalogue.Source, node.Wake).RetryAsync(Id, CancellationToken.None));
    }

    [Fact]
    public async Task Stage_that_throws_is_a_failed_attempt()
    {
        var node = await StartAsync(a => a.Attempts == 0 ? throw new InvalidOperationException("a bug") : Samples.Copied(a, 10));
        await node.AcceptAsync(Samples.Ingested(Id));

        await StateAsync(Id, AssetState.Present);

        Assert.Contains("unexpected: InvalidOperationException: a bug", await HistoryAsync());
    }

    [Fact]
    public async Task Catalogue_that_is_away_for_a_moment_costs_a_stage_that_only_asks_servers_no_attempt()
    {
        var away = true;
        var copying = new ScriptedStage((a, _) => Task.FromResult<Outcome>(Samples.Copied(a, 10)));
        var warming = new ScriptedStage(
            (_, _) => away ? throw new NpgsqlException("gone", new IOException()) : Task.FromResult<Outcome>(new Outcome.Warmed("all")), Stages.Warm);
        var node = await new Node(_catalogue, "node", With(o => o.MaxAttempts = 1), null, warms: true, copying, warming).StartAsync();
        _nodes.Add(node);
        await node.AcceptAsync(Samples.Ingested(Id));
        await Eventually.TrueAsync(async () => (await _catalogue.ViewAsync(Id)).Plan is { Stage: Stages.Warm, DeadAt: null, Reason: { } reason } && reason.Contains("gone", StringComparison.Ordinal), "said");

        away = false;
        await Eventually.TrueAsync(async () => (await _catalogue.ViewAsync(Id)).Plan is null, "warmed");
        Assert.Contains("all", await HistoryAsync());
    }

    [Fact]
    public async Task Stage_that_cancels_itself_is_a_failed_attempt_too()
    {
        var node = await StartAsync(a => a.Attempts == 0 ? throw new OperationCanceledException("its own time-out") : Samples.Copied(a, 10));
        await node.AcceptAsync(Samples.Ingested(Id));

        await StateAsync(Id, AssetState.Present);

        Assert.Contains(await HistoryAsync(), h => h.Contains("its own time-out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stage_that_this_worker_does_not_know_fails_with_its_name()
    {
        var node = await StartAsync(a => Samples.Copied(a, 10), With(o => o.MaxAttempts = 2));
        await node.AcceptAsync(new AssetDeleted { Id = Id });

        await StateAsync(Id, AssetState.Dead);

        Assert.Contains("'remove'", (await _catalogue.ViewAsync(Id)).Plan!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outcome_that_the_catalogue_cannot_hold_is_a_failure_with_its_reason()
    {
        var node = await StartAsync(a => new Outcome.Copied(Samples.Copy(a.Id, 10) with { Path = "the/same.jp2" }, null, false), With(o => o.MaxAttempts = 2));
        await node.AcceptAsync(Samples.Ingested(Id));
        await StateAsync(Id, AssetState.Present);

        await node.AcceptAsync(Samples.Ingested(Samples.Asset("other")));

        await StateAsync(Samples.Asset("other"), AssetState.Dead);
        Assert.Contains("copy_path_key", (await _catalogue.ViewAsync(Samples.Asset("other"))).Plan!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_without_room_waits_with_its_reason_and_uses_up_no_attempts()
    {
        var (tries, full) = (0, true);
        var node = await StartAsync(
            a => Interlocked.Increment(ref tries) > 0 && full ? new Outcome.NoRoom("needs 10 bytes of 5") : Samples.Copied(a, 10),
            With(o => (o.MaxAttempts, o.RoomDelay) = (1, TimeSpan.FromMilliseconds(10))));
        await node.AcceptAsync(Samples.Ingested(Id));

        await Eventually.TrueAsync(() => tries > 3, "tried again and again");
        var plan = (await _catalogue.ViewAsync(Id)).Plan!;
        Assert.Equal((0, Fault.NoRoom, "needs 10 bytes of 5"), (plan.Attempts, plan.Fault, plan.Reason));

        full = false;
        await StateAsync(Id, AssetState.Present);
    }

    [Fact]
    public async Task Worker_that_stops_lets_attempts_finish()
    {
        var (started, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        var node = await StartAsync(async (a, _) =>
        {
            started.SetResult();
            await finish.Task;
            return Samples.Copied(a, 10);
        });
        await node.AcceptAsync(Samples.Ingested(Id));
        await started.Task;

        var stopping = node.StopAsync();
        finish.SetResult();
        await stopping;

        await StateAsync(Id, AssetState.Present);
        Assert.Equal(0, await WorkersAsync());
    }

    [Fact]
    public async Task Worker_that_stops_puts_back_what_takes_too_long_and_counts_nothing()
    {
        var started = new TaskCompletionSource();
        var node = await StartAsync(
            async (_, cancel) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancel);
                throw new InvalidOperationException("not cancelled");
            },
            With(o => o.DrainTime = TimeSpan.Zero));
        await node.AcceptAsync(Samples.Ingested(Id));
        await started.Task;

        await node.StopAsync();

        var view = await _catalogue.ViewAsync(Id);
        Assert.Equal((AssetState.Pending, 0, null), (view.State, view.Plan!.Attempts, view.Plan.Fault));
        Assert.Equal(0, await WorkersAsync());
    }

    [Fact]
    public async Task Worker_that_stops_in_the_midst_of_a_beat_signs_off()
    {
        var node = await StartAsync(a => Samples.Copied(a, 10), With(o => o.LeaseTime = TimeSpan.FromSeconds(1)));
        await Eventually.TrueAsync(async () => await WorkersAsync() == 1, "signed on");
        Task stopping;
        await using (var connection = await _catalogue.Source.OpenConnectionAsync())
        {
            await using var held = await connection.BeginTransactionAsync();
            await new NpgsqlCommand("select from worker for update", connection).ExecuteNonQueryAsync();
            await Eventually.TrueAsync(
                async () => await _catalogue.AskAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0, "in a beat");
            stopping = node.StopAsync();
            await Eventually.TrueAsync(
                async () => await _catalogue.AskAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%delete from worker%'") > 0, "signing off");
            await held.RollbackAsync();
        }

        await stopping;

        Assert.Equal(0, await WorkersAsync());
    }

    [Fact]
    public async Task Lease_whose_answer_was_lost_is_released()
    {
        var node = await StartAsync(a => Samples.Copied(a, 10), With(o => o.LeaseTime = TimeSpan.FromSeconds(1)));
        await Eventually.TrueAsync(async () => await WorkersAsync() == 1, "signed on");

        await _catalogue.ExecuteAsync(
            """
            insert into asset (id, customer, space, generation) values (@id, 2, 5, 1);
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, worker, attempt)
            values (@id, 2, 'present', 'copy', 2, 1, now(), @worker, gen_random_uuid())
            """, new { id = Id.ToString(), worker = node.Registry.Id });

        await StateAsync(Id, AssetState.Present);
    }

    [Fact]
    public async Task Lift_whose_notification_was_lost_is_noticed()
    {
        var node = await StartAsync(
            async (attempt, cancel) =>
            {
                await Eventually.TrueAsync(() => attempt.Ticket.Lane == Lane.Waiting, "lifted");
                return Samples.Copied(attempt, 10);
            },
            With(o => o.LeaseTime = TimeSpan.FromSeconds(1)));
        await node.AcceptAsync(Samples.Ingested(Id, lane: Lane.Bulk));
        await StateAsync(Id, AssetState.Running);

        await _catalogue.ExecuteAsync("update plan set lane = 0");

        await StateAsync(Id, AssetState.Present);
    }

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_lose_nothing_and_do_nothing_twice()
    {
        const int Assets = 120;
        var options = With(o => (o.LeaseTime, o.Slots, o.MaxAttempts) = (TimeSpan.FromSeconds(3), 8, 100));
        var node = await StartAsync(Script, options);
        var other = await StartAsync(Script, options, "other");
        var ids = Enumerable.Range(0, Assets).Select(i => Samples.Asset($"{i}")).ToList();
        var sending = Task.WhenAll(ids.Select((id, i) => (i % 2 == 0 ? node : other).AcceptAsync(Samples.Ingested(id))));
        var database = await _catalogue.AskAsync<string>("select current_database()");

        for (var cut = 0; cut < 12; cut++)
        {
            await postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
            var before = _attempts.Count;
            await Eventually.TrueAsync(() => _attempts.Count > before || _attempts.Count >= Assets, "going on");
        }

        await sending;
        await Eventually.TrueAsync(async () => await _catalogue.AskAsync<long>("select count(*) from plan") == 0, "all done");
        Assert.Equal($"{Assets} {Assets * 10} 0 0", await _catalogue.AskAsync<string>("select concat_ws(' ', copies, used, reserved, retired) from store"));
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from asset a where not exists (select from copy c where c.asset_id = a.id)"));

        static async Task<Outcome> Script(Attempt attempt, CancellationToken cancel)
        {
            await Task.Yield();
            return Samples.Copied(attempt, 10);
        }
    }

    private static PlanOptions With(Action<PlanOptions> change)
    {
        var options = Node.Quick();
        change(options);
        return options;
    }

    private Task<Node> StartAsync(Func<Attempt, Outcome> script, PlanOptions? options = null) =>
        StartAsync((attempt, _) => Task.FromResult(script(attempt)), options);

    private async Task<Node> StartAsync(Func<Attempt, CancellationToken, Task<Outcome>> script, PlanOptions? options = null, string name = "node")
    {
        var node = new Node(_catalogue, name, options, null, new ScriptedStage((attempt, cancel) =>
        {
            _attempts.Enqueue(attempt);
            return script(attempt, cancel);
        }));
        _nodes.Add(node);
        return await node.StartAsync();
    }

    private Task StateAsync(AssetId id, AssetState state) => Eventually.TrueAsync(
        async () => (await _catalogue.Views.FindAsync(id, CancellationToken.None))?.State == state, $"{id} {state}");

    private Task<long> WorkersAsync() => _catalogue.AskAsync<long>("select count(*) from worker");

    private Task<IReadOnlyList<string>> HistoryAsync() => _catalogue.ListAsync<string>("select coalesce(detail, '') from history order by at");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
