using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Intake;

public sealed class IntakeQueueTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;
    private Node _other = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        (_node, _other) = (new Node(_catalogue, "node"), new Node(_catalogue, "other"));
    }

    [Fact]
    public async Task Ten_thousand_events_of_one_asset_are_one_plan_and_every_hit_counts()
    {
        var callers = Enumerable.Range(0, 50).Select(async caller =>
        {
            var intake = caller % 2 == 0 ? _node.Intake : _other.Intake;
            for (var i = 0; i < 200; i++)
                await intake.AcceptAsync([Event(Id, caller + i)], CancellationToken.None);
        });

        await Task.WhenAll(callers);

        Assert.Equal(1, await _catalogue.AskAsync<long>("select count(*) from plan"));
        Assert.Equal(5_000, await _catalogue.AskAsync<long>("select hits from asset"));

        static AssetEvent Event(AssetId id, int i) => (i % 4) switch
        {
            0 => Samples.Ingested(id),
            1 => new SourceUpdated { Id = id },
            _ => new InfoJsonRequested { Id = id },
        };
    }

    [Fact]
    public async Task Many_assets_from_many_callers_on_two_nodes_lose_no_wish()
    {
        const int Assets = 300, Callers = 16;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var ids = Enumerable.Range(0, Assets).Select(i => Samples.Asset($"a{i}")).ToArray();
            random.Shuffle(ids);
            var intake = caller % 2 == 0 ? _node.Intake : _other.Intake;
            foreach (var some in ids.Chunk(37))
                await intake.AcceptAsync([.. some.Select(id => new InfoJsonRequested { Id = id })], CancellationToken.None);
        })));

        Assert.Equal(Assets, await _catalogue.AskAsync<long>("select count(*) from plan"));
        Assert.Equal(Assets, await _catalogue.AskAsync<long>("select count(*) from asset where hits = @Callers", new { Callers }));
    }

    [Fact]
    public async Task Poisoned_wish_fails_alone()
    {
        // PostgreSQL's text has no NUL: this one gets past the rules because nobody asks them here.
        var poisoned = new Wish(Samples.Asset("poisoned"), new Change(Goal.Present, new NamedSource("s3://b/\0", Received), Received), Lane.Ingest, 0, false);
        var sound = Enumerable.Range(0, 20).Select(i => Wish.Use(Samples.Asset($"sound{i}"), Lane.Hit)).ToList();
        Task[] all;
        await using (var connection = await _catalogue.Source.OpenConnectionAsync())
        {
            // While the first commit is held up the others gather behind it, into one.
            await using var hold = await connection.BeginTransactionAsync();
            await new Npgsql.NpgsqlCommand("lock table asset", connection).ExecuteNonQueryAsync();
            all = [.. sound.Take(10).Append(poisoned).Concat(sound.Skip(10)).Select(w => _node.Intake.WantAsync(w, CancellationToken.None))];
            await hold.CommitAsync();
        }

        await Task.WhenAll(all).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(1, all.Count(t => t.IsFaulted));
        Assert.Equal(20, await _catalogue.AskAsync<long>("select count(*) from plan"));
    }

    [Fact]
    public async Task Event_that_breaks_a_rule_is_refused_whichever_way_it_came()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => _node.AcceptAsync(Samples.Ingested(Id), Samples.Ingested(Id, "s3://b/\0")));

        Assert.Contains("control characters", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from asset"));
    }

    [Fact]
    public async Task Hit_lifts_a_plan_that_replaces_an_older_copy()
    {
        await _node.AcceptAsync(Samples.Ingested(Id, lane: Lane.Bulk));
        var attempt = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, 10)));
        await _node.AcceptAsync(Samples.Ingested(Id, lane: Lane.Bulk));

        await _node.AcceptAsync(new InfoJsonRequested { Id = Id });

        Assert.Equal(Lane.Hit, (await _catalogue.ViewAsync(Id)).Plan?.Lane);
    }

    [Fact]
    public async Task Hit_on_an_asset_with_its_copy_and_no_plan_is_counted_and_plans_nothing()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, 10)));

        await _node.AcceptAsync(new InfoJsonRequested { Id = Id });

        var view = await _catalogue.ViewAsync(Id);
        Assert.Equal((AssetState.Present, 1), (view.State, view.Use.Hits));
        Assert.NotNull(view.Use.LastUsedAt);
    }

    [Fact]
    public async Task Forced_wish_looks_again_at_an_asset_with_its_copy()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, 10)));

        await _node.Intake.WantAsync(Wish.Use(Id, Lane.Hit, force: true), CancellationToken.None);

        Assert.Equal(AssetState.Pending, (await _catalogue.ViewAsync(Id)).State);
    }

    private static readonly DateTimeOffset Received = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _other.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
