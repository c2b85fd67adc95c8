using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Api;

/// <summary>Lists of plans, and what becomes of many dead ones. Each test has customers of its own.</summary>
public sealed class PlansEndpointsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private UnderstudyClient Api => world.Worker.Api;

    [Fact]
    public async Task Dead_plans_are_listed_newest_first_page_by_page_each_once()
    {
        await DieAsync(customer: 101, plans: 250);

        var (seen, after) = (new List<PlanSummary>(), (string?)null);
        do
        {
            var page = await Api.PlanListAsync(AssetState.Dead, new PlanFilter(Customer: 101), after, 100);
            seen.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(250, seen.DistinctBy(p => p.Id).Count());
        Assert.Equal(seen.OrderByDescending(p => p.DeadAt).ThenByDescending(p => $"{p.Id}", StringComparer.Ordinal).Select(p => p.Id), seen.Select(p => p.Id));
        Assert.All(seen, p => Assert.Equal((AssetState.Dead, "copy", Lane.Hit, Fault.Failed, 8), (p.State, p.Stage, p.Lane, p.Fault, p.Attempts)));
    }

    [Fact]
    public async Task List_and_count_take_what_matches_all_that_is_asked_for()
    {
        await DieAsync(customer: 102, plans: 3);
        await DieAsync(customer: 102, plans: 2, from: 10, stage: "warm", lane: Lane.Bulk, fault: "badSource", reason: "100% <b>bad</b>");

        foreach (var (filter, plans) in new (PlanFilter, int)[]
        {
            (new(), 5), (new(Lane.Bulk), 2), (new(Stage: "copy"), 3), (new(Fault: Fault.BadSource), 2), (new(Reason: "100% <b>"), 2), (new(Reason: "100_"), 0),
            (new(Lane.Hit, "warm"), 0), (new(Lane.Bulk, "warm", Fault.BadSource, null, "100%"), 2), (new(Fault: Fault.NoRoom), 0),
        })
        {
            var of = filter with { Customer = 102 };
            Assert.Equal(plans, (await Api.PlanListAsync(AssetState.Dead, of)).Items.Count);
            Assert.Equal(new PlansCounted(plans, false), await Api.CountPlansAsync(AssetState.Dead, of));
        }
    }

    [Fact]
    public async Task Plans_that_wait_are_listed_by_when_they_are_due()
    {
        await world.Worker.QueryAsync<int>(
            """
            insert into asset (id, customer, space, generation) select '103/1/' || i, 103, 1, 1 from generate_series(1, 5) i;
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) select '103/1/' || i, 103, 'present', 'copy', 2, 1, timestamptz '2100-01-01' - i * interval '1 day' from generate_series(1, 5) i;
            select 1
            """);

        var first = await Api.PlanListAsync(AssetState.Pending, new PlanFilter(Customer: 103), limit: 3);
        var rest = await Api.PlanListAsync(AssetState.Pending, new PlanFilter(Customer: 103), first.Next);

        Assert.Equal(["5", "4", "3", "2", "1"], first.Items.Concat(rest.Items).Select(p => p.Id.Asset));
        Assert.Equal(new PlansCounted(5, false), await Api.CountPlansAsync(AssetState.Pending, new PlanFilter(Customer: 103)));
        Assert.Equal(new PlansCounted(0, false), await Api.CountPlansAsync(AssetState.Running, new PlanFilter(Customer: 103)));
    }

    [Fact]
    public async Task Faults_are_grouped_with_the_words_that_their_reasons_begin_with()
    {
        await using var own = await ApiWorld.StartAsync(world.Postgres);
        await DieAsync(104, 3, stage: "warm", fault: "badSource", reason: "the image server says 500 to 2/5/a", at: own);
        await DieAsync(104, 1, from: 10, stage: "warm", fault: "badSource", reason: "s3://bucket is gone", at: own);
        await DieAsync(104, 1, from: 20, at: own);

        var groups = await own.Worker.Api.PlanFaultsAsync();

        Assert.Equal([("warm", (Fault?)Fault.BadSource, 4L), ("copy", Fault.Failed, 1)], groups.Select(g => (g.Stage, g.Fault, g.Plans)));
        Assert.Equal(new FaultReason("the image server says ", 3), Assert.Single(groups[0].Reasons));
        var words = new PlanFilter(Stage: "warm", Reason: groups[0].Reasons[0].Words);
        Assert.Equal(3, (await own.Worker.Api.CountPlansAsync(AssetState.Dead, words)).Plans);
    }

    [Fact]
    public async Task All_dead_plans_that_match_are_retried_once_and_no_others()
    {
        await DieAsync(105, 2_500);
        await DieAsync(105, 10, from: 5_000, stage: "warm");

        var asked = await Api.RetryPlansAsync(new PlanFilter(Customer: 105, Stage: "copy"));
        var ended = await EndedAsync(asked.Id);

        Assert.Equal((PlanAct.Retry, 2_500L, 2_500L, 0L, "local"), (ended.Act, ended.Total, ended.Done, ended.Kept, ended.RequestedBy));
        Assert.Equal(2_500, await world.Worker.QueryAsync<long>("select count(*) from history where asset_id like '105/%' and what = 'retry asked for' and detail = 'with others, by local'"));
        Assert.Equal(10, (await Api.CountPlansAsync(AssetState.Dead, new PlanFilter(Customer: 105, Stage: "warm"))).Plans);
        Assert.Contains(await Api.PlanActionsAsync(), a => a.Id == asked.Id);
    }

    [Fact]
    public async Task Dropped_plans_are_gone_and_those_that_caches_are_owed_are_kept_unless_forced()
    {
        await DieAsync(106, 4);
        await world.Worker.QueryAsync<int>(
            """
            insert into purge (asset_id) values ('106/1/1');
            update plan set goal = 'absent', stage = 'remove' where asset_id = '106/1/2';
            update plan set goal = 'absent', stage = 'evict' where asset_id = '106/1/3';
            insert into bulk_purge (id, customer, is_list, recopy, warms, request, targets, total, planned, planned_at) values ('00000000-0000-0000-0000-000000000106', 106, false, false, true, '', '{}', 1, 1, now());
            insert into bulk_purge_asset (asset_id, bulk) values ('106/1/1', '00000000-0000-0000-0000-000000000106');
            select 1
            """);

        var kept = await EndedAsync((await Api.DropPlansAsync(new PlanFilter(Customer: 106))).Id);
        Assert.Equal((4L, 2L, 2L), (kept.Total, kept.Done, kept.Kept));
        Assert.Equal(["2", "1"], (await Api.PlanListAsync(AssetState.Dead, new PlanFilter(Customer: 106))).Items.Select(p => p.Id.Asset).OrderDescending());
        var forced = await EndedAsync((await Api.DropPlansAsync(new PlanFilter(Customer: 106), force: true)).Id);

        Assert.Equal((2L, 2L, 0L), (forced.Total, forced.Done, forced.Kept));
        var purged = (await Api.FindAsync(AssetId.Parse("106/1/1")))!;
        Assert.Null(purged.Plan);
        Assert.NotNull(purged.Purge!.CancelledAt);
        Assert.Null(purged.Purge.DoneAt);
        Assert.Equal(("plan dropped", "at stage copy, by local: the source answered 500"), (purged.History[0].What, purged.History[0].Detail));
        Assert.Equal("0 1", await world.Worker.QueryAsync<string>("select planned || ' ' || skipped from bulk_purge where customer = 106"));
    }

    [Fact]
    public async Task One_dead_plan_is_dropped_and_one_that_lives_or_owes_is_not()
    {
        await DieAsync(107, 2);
        await world.Worker.QueryAsync<int>("update plan set goal = 'absent', stage = 'remove' where asset_id = '107/1/2'; insert into asset (id, customer, space, generation) values ('107/1/9', 107, 1, 1); insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) values ('107/1/9', 107, 'present', 'copy', 2, 1, '2100-01-01') returning 1");

        Assert.Null((await Api.DropPlanAsync(AssetId.Parse("107/1/1"))).Plan);
        Assert.Contains("has no plan", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Delete, "/api/v1/assets/107/1/1/plan"), StringComparison.Ordinal);
        Assert.Contains("isn't dead", await world.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Delete, "/api/v1/assets/107/1/9/plan"), StringComparison.Ordinal);
        Assert.Contains("force=true", await world.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Delete, "/api/v1/assets/107/1/2/plan"), StringComparison.Ordinal);
        Assert.Null((await Api.DropPlanAsync(AssetId.Parse("107/1/2"), force: true)).Plan);
    }

    [Theory]
    [InlineData("state=present", "dead, pending, running"), InlineData("", "dead, pending, running"), InlineData("state=dead&lane=5", "waiting, hit"), InlineData("state=dead&fault=x", "noRoom")]
    [InlineData("state=dead&stage=x", "await, copy"), InlineData("state=dead&customer=-1", "from 0 up"), InlineData("state=dead&limit=0", "1 to 1000")]
    [InlineData("state=dead&after=x", "the page before"), InlineData("state=dead&after=99999999999999999999~1/1/a", "the page before"), InlineData("state=dead&after=5~x", "the page before")]
    public async Task Query_that_is_wrong_is_refused_with_the_rule(string query, string because) =>
        Assert.Contains(because, await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/api/v1/plans/list?{query}"), StringComparison.Ordinal);

    [Theory, InlineData("{}"), InlineData("null"), InlineData("""{"filter":null}"""), InlineData("""{"filter":{"stage":"x"}}"""), InlineData("""{"filter":{"customer":-1}}"""), InlineData("""{"filtre":{}}"""), InlineData("")]
    public async Task Action_that_does_not_say_which_plans_is_refused(string body)
    {
        await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/v1/plans/retry", body);
        await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/v1/plans/drop", body);
    }

    [Fact]
    public async Task Action_that_nobody_asked_for_is_404()
    {
        await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/v1/plans/actions/x");
        await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/v1/plans/actions/{Guid.Empty}");
    }

    private async Task<PlanActionView> EndedAsync(Guid id)
    {
        await Eventually.TrueAsync(async () => (await Api.PlanActionAsync(id)).EndedAt is not null, "ended");
        return await Api.PlanActionAsync(id);
    }

    /// <summary>Dead plans, some of the same moment.</summary>
    private Task<int> DieAsync(int customer, int plans, int from = 1, string stage = "copy", Lane lane = Lane.Hit, string fault = "failed", string reason = "the source answered 500", ApiWorld? at = null) =>
        (at ?? world).Worker.QueryAsync<int>(
            """
            insert into asset (id, customer, space, generation) select @customer || '/1/' || i, @customer, 1, 1 from generate_series(@from, @from + @plans - 1) i;
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, attempts, fault, reason, dead_at)
            select @customer || '/1/' || i, @customer, 'present', @stage, @lane, 1, now(), 8, @fault, @reason, now() - (i / 3) * interval '1 second' from generate_series(@from, @from + @plans - 1) i;
            select 1
            """, new { customer, plans, from, stage, lane = (short)lane, fault, reason });
}
