using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Intake;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Plans;

/// <summary>Plans that wait for an announced ingest: what the catalogue makes of events and outcomes.</summary>
public sealed class AwaitingTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = Samples.Asset("foo");
    private static readonly DateTimeOffset At = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TestCatalogue _catalogue = null!;
    private Node _node = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ingest_that_is_over_counts_before_its_announcement_of_the_same_time(bool announcedFirst)
    {
        AssetEvent[] events = [new IngestStarted { Id = Id, At = At }, Samples.Ingested(Id, at: At)];
        foreach (var happened in announcedFirst ? events : [.. events.Reverse()])
            await _node.AcceptAsync(happened);

        Assert.Equal((Goal.Present, "copy"), await PlanAsync());
    }

    [Fact]
    public async Task Announcement_that_comes_late_changes_nothing()
    {
        await _node.AcceptAsync(Samples.Ingested(Id, at: At));
        var attempt = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, 10)));

        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At.AddMinutes(-1) });

        Assert.Null((await _catalogue.ViewAsync(Id)).Plan);
    }

    [Fact]
    public async Task Source_that_is_named_late_leaves_the_plan_waiting_for_that_source()
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        await _node.AcceptAsync(new SourceUpdated { Id = Id, Source = "s3://b/k", At = At.AddMinutes(-1) });

        var attempt = (await _node.LeaseAsync()).Single();
        Assert.Equal(("await", "s3://b/k", At), (attempt.Stage, attempt.Source, attempt.Announcement!.At));
    }

    [Fact]
    public async Task Deletion_ends_the_wait_and_a_new_announcement_begins_one()
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        await _node.AcceptAsync(new AssetDeleted { Id = Id, At = At.AddMinutes(1) });
        Assert.Equal((Goal.Absent, "remove"), await PlanAsync());

        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At.AddMinutes(2) });
        Assert.Equal((Goal.Refreshed, "await"), await PlanAsync());
        Assert.False(await _catalogue.AskAsync<bool>("select deleted from asset"));
    }

    [Fact]
    public async Task Look_that_saw_nothing_new_waits_without_counting_and_leaves_no_former_attempt()
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        for (var i = 0; i < 3; i++)
        {
            var attempt = (await _node.LeaseAsync()).Single();
            Assert.Empty(attempt.Formers);
            Assert.True(await _node.SettleAsync(attempt, new Outcome.NotYet("not so far", i == 0 ? "first" : null)));
        }

        var last = (await _node.LeaseAsync()).Single();
        Assert.Equal((0, new AnnouncedIngest(At, "first")), (last.Attempts, last.Announcement));
        Assert.Equal("not so far", (await _catalogue.ViewAsync(Id)).Plan!.Reason);
    }

    [Fact]
    public async Task Attempts_that_may_still_be_copying_are_fenced_by_the_copy_after_the_wait()
    {
        await _node.AcceptAsync(Samples.Ingested(Id, at: At));
        var copying = (await _node.LeaseAsync()).Single();
        await _node.SettleAsync(copying, new Outcome.Failed("half-way"));
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At.AddMinutes(1) });
        var look = (await _node.LeaseAsync()).Single();
        await _node.SettleAsync(look, new Outcome.GoOn(Stages.Copy, "ingest over", ""));

        Assert.Equal([copying.Token], (await _node.LeaseAsync()).Single().Formers);
    }

    [Fact]
    public async Task Announcement_that_comes_twice_keeps_what_was_seen_and_a_newer_one_does_not()
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        await _node.SettleAsync((await _node.LeaseAsync()).Single(), new Outcome.NotYet("", "first"));

        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        Assert.Equal("first", await _catalogue.AskAsync<string?>("select baseline from plan"));

        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At.AddMinutes(1) });
        Assert.Null(await _catalogue.AskAsync<string?>("select baseline from plan"));
    }

    [Fact]
    public async Task Newer_event_during_a_look_decides_whatever_the_look_saw()
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        var look = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync(new AssetDeleted { Id = Id, At = At.AddMinutes(1) });

        Assert.True(await _node.SettleAsync(look, new Outcome.GoOn(Stages.Copy, "ingest over", "", new LearntSource("s3://b/k", At))));

        Assert.Equal((Goal.Absent, "remove"), await PlanAsync());
        Assert.Null(await _catalogue.AskAsync<string?>("select source from asset"));
        Assert.Equal("remove", (await _node.LeaseAsync()).Single().Stage);
    }

    [Theory]
    [InlineData(-1, "s3://b/learnt")]
    [InlineData(1, "s3://b/named")]
    public async Task Learnt_source_counts_unless_a_newer_event_named_one(int minutes, string source)
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        var look = (await _node.LeaseAsync()).Single();
        await _catalogue.ExecuteAsync("update asset set source = 's3://b/named', source_at = @at", new { at = At.AddMinutes(minutes) });

        Assert.True(await _node.SettleAsync(look, new Outcome.GoOn(Stages.Copy, "ingest over", "", new LearntSource("s3://b/learnt", At))));

        var next = (await _node.LeaseAsync()).Single();
        Assert.Equal(("copy", source), (next.Stage, next.Source));
    }

    [Fact]
    public async Task Superseded_look_changes_nothing()
    {
        await _node.AcceptAsync(new IngestStarted { Id = Id, At = At });
        var look = (await _node.LeaseAsync()).Single();
        await _catalogue.ExecuteAsync("update plan set worker = null");
        var newer = (await _node.LeaseAsync()).Single();

        Assert.False(await _node.SettleAsync(look, new Outcome.GoOn(Stages.Copy, "ingest over", "", new LearntSource("s3://b/k", At))));

        Assert.Null(await _catalogue.AskAsync<string?>("select source from asset"));
        Assert.Equal((Goal.Refreshed, "await"), await PlanAsync());
        Assert.True(await _node.SettleAsync(newer, new Outcome.NothingToDo("withheld")));
        Assert.Equal(AssetState.Absent, (await _catalogue.ViewAsync(Id)).State);
    }

    [Fact]
    public async Task Looks_and_copies_settle_in_one_commit()
    {
        await _node.AcceptAsync([.. Enumerable.Range(0, 50).Select<int, AssetEvent>(i =>
            i % 2 == 0 ? new IngestStarted { Id = Samples.Asset($"a{i}"), At = At } : Samples.Ingested(Samples.Asset($"a{i}"), at: At))]);
        var attempts = await _node.LeaseAsync();

        var settled = await Task.WhenAll(attempts.Select(a => _node.SettleAsync(
            a, a.Stage == Stages.Await ? new Outcome.GoOn(Stages.Copy, "ingest over", "", new LearntSource("s3://b/k", At)) : Samples.Copied(a, 10))));

        Assert.Equal(50, settled.Count(s => s));
        Assert.Equal(25, (await _node.LeaseAsync()).Count(a => a is { Stage: "copy", Source: "s3://b/k" }));
    }

    private async Task<(Goal Goal, string Stage)> PlanAsync()
    {
        var plan = (await _catalogue.ViewAsync(Id)).Plan!;
        return (plan.Goal, plan.Stage);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
