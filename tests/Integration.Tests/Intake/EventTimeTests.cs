using Understudy.Contracts;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Intake;

/// <summary>Events come late, twice and out of order; what counts is when they happened.</summary>
public sealed class EventTimeTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
    }

    [Fact]
    public async Task Older_event_that_comes_late_changes_nothing()
    {
        await _node.AcceptAsync(new SourceUpdated { Id = Id, Source = "s3://b/new", At = At(10) });
        var before = await StateAsync();

        await _node.AcceptAsync(Samples.Ingested(Id, "s3://b/old", At(9)), new AssetDeleted { Id = Id, At = At(8) });

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Event_of_the_same_time_counts_and_the_later_one_wins()
    {
        await _node.AcceptAsync(Samples.Ingested(Id, "s3://b/one", At(10)));
        await _node.AcceptAsync(new SourceUpdated { Id = Id, Source = "s3://b/two", At = At(10) });

        Assert.Equal(new State(2, "s3://b/two", false, "refreshed"), await StateAsync());
    }

    [Fact]
    public async Task Event_from_the_future_happened_when_it_was_received()
    {
        await _node.AcceptAsync(Samples.Ingested(Id, "s3://b/future", TimeProvider.System.GetUtcNow().AddYears(1)));
        await _node.AcceptAsync(Samples.Ingested(Id, "s3://b/next"));

        Assert.Equal("s3://b/next", (await StateAsync()).Source);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Asset_that_was_made_again_after_its_deletion_is_there_whichever_event_came_first(bool inOrder)
    {
        AssetEvent[] events = [new AssetDeleted { Id = Id, At = At(1) }, Samples.Ingested(Id, "s3://b/again", At(2))];
        foreach (var e in inOrder ? events : events.Reverse())
            await _node.AcceptAsync(e);

        var state = await StateAsync();
        Assert.Equal(("s3://b/again", false, "present"), (state.Source, state.Deleted, state.Goal));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Asset_that_was_deleted_last_is_gone_whichever_event_came_first(bool inOrder)
    {
        AssetEvent[] events = [Samples.Ingested(Id, "s3://b/key", At(1)), new AssetDeleted { Id = Id, At = At(2) }];
        foreach (var e in inOrder ? events : events.Reverse())
            await _node.AcceptAsync(e);

        var state = await StateAsync();
        Assert.Equal(("s3://b/key", true, "absent"), (state.Source, state.Deleted, state.Goal));
    }

    [Fact]
    public async Task Hit_on_a_deleted_asset_makes_no_plan()
    {
        await _node.AcceptAsync(new AssetDeleted { Id = Id });
        Assert.True(await _node.SettleAsync((await _node.LeaseAsync()).Single(), new Outcome.Removed(null)));

        await _node.AcceptAsync(new InfoJsonRequested { Id = Id });

        var view = await _catalogue.ViewAsync(Id);
        Assert.Equal((AssetState.Absent, 1), (view.State, view.Use.Hits));
    }

    [Fact]
    public async Task Source_that_is_named_late_counts_when_no_newer_event_named_one()
    {
        await _node.AcceptAsync(new SourceUpdated { Id = Id, At = At(10) });
        var first = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(first, new Outcome.Hopeless(Fault.SourceGone, "no source is known"), dead: true));

        await _node.AcceptAsync(Samples.Ingested(Id, "s3://b/late", At(9)));

        Assert.Equal("s3://b/late", (await _node.LeaseAsync()).Single().Source);
    }

    [Fact]
    public async Task Source_that_is_named_late_for_a_deleted_asset_is_remembered_and_no_more()
    {
        await _node.AcceptAsync(new AssetDeleted { Id = Id, At = At(10) });

        await _node.AcceptAsync(Samples.Ingested(Id, "s3://b/late", At(9)));

        var state = await StateAsync();
        Assert.Equal(("s3://b/late", true, "absent"), (state.Source, state.Deleted, state.Goal));
    }

    [Fact]
    public async Task Hit_that_comes_with_an_outdated_event_still_makes_a_plan()
    {
        await _node.AcceptAsync(Samples.Ingested(Id, at: At(10)));
        await _catalogue.ExecuteAsync("delete from plan");

        await _node.AcceptAsync(Samples.Ingested(Id, at: At(9)), new InfoJsonRequested { Id = Id });

        Assert.Equal(AssetState.Pending, (await _catalogue.ViewAsync(Id)).State);
    }

    private static DateTimeOffset At(int minute) => new(2020, 1, 1, 0, minute, 0, TimeSpan.Zero);

    private async Task<State> StateAsync()
    {
        var rows = await _catalogue.ListAsync<State>(
            "select a.generation, a.source, a.deleted, p.goal from asset a left join plan p on p.asset_id = a.id where a.id = @id", new { id = Id.ToString() });
        return rows.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }

    private sealed record State(long Generation, string? Source, bool Deleted, string? Goal);
}
