using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Intake;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Plans;

public sealed class WaitersTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource<Attempt> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Outcome?> _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;
    private Node _other = null!;
    private int _attempts;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        (_node, _other) = (new Node(_catalogue, "node", null, null, new ScriptedStage(CopyAsync)), new Node(_catalogue, "other"));
    }

    [Fact]
    public async Task Three_hundred_on_two_nodes_wait_for_one_copy_and_all_are_answered()
    {
        await _node.StartAsync();
        var all = Enumerable.Range(0, 300).Select(i => EnsureAsync(i % 2 == 0 ? _node : _other)).ToList();
        await _started.Task;
        // One whose wish is committed in the very moment in which the copy is would have the source asked once more.
        await Eventually.TrueAsync(async () => (await _catalogue.ViewAsync(Id)).Use.Hits == 300, "all waiting");

        _finish.SetResult(null);

        Assert.All(await Task.WhenAll(all), view => Assert.Equal((AssetState.Present, 10), (view.State, view.Copy!.Bytes)));
        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task Somebody_who_gives_up_cancels_nothing()
    {
        await _node.StartAsync();
        using var patience = new CancellationTokenSource();
        var impatient = EnsureAsync(_node, patience.Token);
        var patient = EnsureAsync(_node);
        await _started.Task;

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _finish.SetResult(null);
        Assert.Equal(AssetState.Present, (await patient).State);
        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task Wait_that_is_over_answers_with_the_asset_as_it_is()
    {
        await _node.StartAsync();
        await _node.AcceptAsync(Samples.Ingested(Id));
        await _started.Task;

        var view = await _node.Waiters.WaitAsync(Id, TimeSpan.FromMilliseconds(1), CancellationToken.None);

        Assert.Equal(AssetState.Running, view!.State);
        _finish.SetResult(null);
    }

    [Fact]
    public async Task Somebody_who_waits_on_another_node_lifts_the_copy_that_runs_in_bulk()
    {
        await _node.StartAsync();
        await _node.AcceptAsync(Samples.Ingested(Id, lane: Lane.Bulk));
        var attempt = await _started.Task;
        Assert.Equal(Lane.Bulk, attempt.Ticket.Lane);

        var waiting = EnsureAsync(_other);

        await Eventually.TrueAsync(() => attempt.Ticket.Lane == Lane.Waiting, "lifted");
        _finish.SetResult(null);
        Assert.Equal(AssetState.Present, (await waiting).State);
    }

    [Fact]
    public async Task Wait_ends_also_when_its_notification_was_lost()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        var waiting = _other.Waiters.WaitAsync(Id, Long, CancellationToken.None);

        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, 10)));

        Assert.Equal(AssetState.Present, (await waiting)!.State);
    }

    [Fact]
    public async Task Wait_ends_when_room_will_not_come_or_the_plan_is_dead()
    {
        await _node.AcceptAsync(Samples.Ingested(Id), Samples.Ingested(Samples.Asset("dead")));
        foreach (var attempt in await _node.LeaseAsync())
        {
            Outcome outcome = attempt.Id == Id ? new Outcome.NoRoom("full") : new Outcome.Hopeless(Fault.SourceGone, "gone");
            Assert.True(await _node.Settlements.WriteAsync(new Settlement(attempt, outcome, TimeSpan.FromHours(1), Dead: outcome is Outcome.Hopeless)));
        }

        var waiting = _other.Waiters.WaitAsync(Id, Long, CancellationToken.None);
        _other.Room.Saw(long.MaxValue, new Standstill("all are pinned", Until: null));
        Assert.Equal(Fault.NoRoom, (await waiting)!.Plan!.Fault);
        Assert.Equal(AssetState.Dead, (await _other.Waiters.WaitAsync(Samples.Asset("dead"), Long, CancellationToken.None))!.State);
    }

    [Fact]
    public async Task Wait_goes_on_while_room_may_come_before_its_end()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var first = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.Settlements.WriteAsync(new Settlement(first, new Outcome.NoRoom("full"), TimeSpan.Zero, Dead: false)));

        var waiting = _other.Waiters.WaitAsync(Id, Long, CancellationToken.None);
        _other.Room.Saw(long.MaxValue, new Standstill("all are in use", TimeProvider.System.GetUtcNow() + Long / 2));
        var second = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(second, Samples.Copied(second, 10)));

        Assert.Equal(AssetState.Present, (await waiting)!.State);
    }

    [Fact]
    public async Task Somebody_who_comes_to_a_plan_that_waits_for_room_has_it_tried_for_him()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var first = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.Settlements.WriteAsync(new Settlement(first, new Outcome.NoRoom("full"), TimeSpan.FromHours(1), Dead: false)));

        await _node.Intake.WantAsync(Wish.Use(Id, Lane.Waiting), CancellationToken.None);
        var waiting = _node.Waiters.WaitAsync(Id, Long, CancellationToken.None);
        var second = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(second, Samples.Copied(second, 10)));

        Assert.Equal(AssetState.Present, (await waiting)!.State);
    }

    [Fact]
    public async Task Hit_on_a_plan_that_has_just_died_leaves_it_dead_and_a_later_one_revives_it()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        Assert.True(await _node.SettleAsync((await _node.LeaseAsync()).Single(), new Outcome.Hopeless(Fault.SourceGone, "gone"), dead: true));

        await _node.AcceptAsync(new InfoJsonRequested { Id = Id });
        Assert.Equal(AssetState.Dead, (await _catalogue.ViewAsync(Id)).State);
        Assert.Empty(await _node.LeaseAsync());

        await _catalogue.ExecuteAsync("update plan set dead_at = dead_at - @dead_for", new { dead_for = _node.Options.DeadFor });
        await _node.AcceptAsync(new InfoJsonRequested { Id = Id });

        var revived = await _catalogue.ViewAsync(Id);
        Assert.Equal((AssetState.Pending, 0), (revived.State, revived.Plan!.Attempts));
        Assert.Single(await _node.LeaseAsync());
    }

    private async Task<Outcome> CopyAsync(Attempt attempt, CancellationToken cancel)
    {
        Interlocked.Increment(ref _attempts);
        _started.TrySetResult(attempt);
        return await _finish.Task ?? Samples.Copied(attempt, 10);
    }

    private static async Task<AssetView> EnsureAsync(Node node, CancellationToken cancel = default)
    {
        await node.Intake.WantAsync(Wish.Use(Id, Lane.Waiting), CancellationToken.None);
        return (await node.Waiters.WaitAsync(Id, Long, cancel))!;
    }

    public async ValueTask DisposeAsync()
    {
        _finish.TrySetResult(null);
        await _node.DisposeAsync();
        await _other.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
