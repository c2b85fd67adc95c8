using System.Net;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Plans;
using Understudy.Warming.Bulk;

namespace Understudy.Integration.Tests.Warming;

/// <summary>Bulk warmings against each other, against faults, and against whoever stops them.</summary>
public sealed class BulkWarmingTests(PostgresServer postgres)
{
    private static readonly string[] V2 = ["Warming:Versions=2"];

    [Fact]
    public async Task Asset_that_two_want_is_warmed_for_the_first_and_skipped_by_the_other()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: V2);
        var ids = await IngestAsync(world, 3);
        var gate = new Gate();
        world.Node.Derivatives.PurgeAll();
        world.Node.Script = CantaloupeScript.Infos(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        var first = await world.Api.BeginWarmingAsync(new WarmingRequest(Ids: ids[..2]));
        await Eventually.TrueAsync(async () => (await world.Api.WarmingAsync(first.Id)).Waiting == 2, "planned");
        var second = await world.Api.BeginWarmingAsync(new WarmingRequest(Ids: ids[1..]));
        await Eventually.TrueAsync(async () => (await world.Api.WarmingAsync(second.Id)) is { Waiting: 1, Skipped: 1 }, "planned");
        gate.Open();

        Assert.Equal((2, 2, 0, 0), Counts(await world.OverAsync(first.Id)));
        Assert.Equal((2, 1, 1, 0), Counts(await world.OverAsync(second.Id)));
    }

    [Fact]
    public async Task Failed_assets_are_counted_stay_counted_and_are_revived_by_the_next()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: V2);
        var ids = await IngestAsync(world, 4);
        world.Node.Derivatives.PurgeAll();
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Url("image2.jp2", CantaloupeScript.Always(CantaloupeFault.UnsupportedSource)));
        var first = await world.Api.BeginWarmingAsync(new WarmingRequest(Customer: 2, Space: 5));
        Assert.Equal((4, 3, 0, 1), Counts(await world.OverAsync(first.Id)));
        Assert.Equal(AssetState.Present, (await world.Api.FindAsync(ids[1]))!.State);

        world.Node.Script = CantaloupeScript.None;
        var second = await world.Api.BeginWarmingAsync(new WarmingRequest(Customer: 2));
        Assert.Equal((4, 4, 0, 0), Counts(await world.OverAsync(second.Id)));
        await world.WarmAsync(ids[1]);
        // What came of the first is history.
        Assert.Equal((4, 3, 0, 1), Counts(await world.Api.WarmingAsync(first.Id)));
    }

    [Fact]
    public async Task Cancelling_stops_what_hangs_and_keeps_what_had_failed()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: V2);
        var ids = await IngestAsync(world, 6);
        world.Node.Derivatives.PurgeAll();
        var gate = new Gate();
        world.Node.Script = CantaloupeScript.Any(
            CantaloupeScript.Images(CantaloupeScript.Url("image1.jp2", CantaloupeScript.Always(CantaloupeFault.UnsupportedSource))),
            CantaloupeScript.Url("image2.jp2", CantaloupeScript.Always(CantaloupeFault.Held(gate))));
        // So slow that the first is over when the second, which hangs, is planned: else it might wait behind that.
        var begun = await world.Api.BeginWarmingAsync(new WarmingRequest(Customer: 2, Rate: 0.5));
        await gate.ArrivedAsync(1);
        await Eventually.TrueAsync(async () => await world.Api.WarmingAsync(begun.Id) is { Failed: 1 }, "one failed");
        var cancelled = await world.Api.CancelWarmingAsync(begun.Id);

        Assert.Equal((6, 0, 0, 1, 0), (cancelled.Total, cancelled.Done, cancelled.Skipped, cancelled.Failed, cancelled.Waiting));
        Assert.NotNull(cancelled.CancelledAt);
        await Eventually.TrueAsync(async () => (await world.Api.NodesAsync()).Single() is { InFlight: 0, Queued: 0 }, "given up");
        Assert.Equal("warm", (await world.Api.FindAsync(ids[0]))!.Plan!.Stage);
        Assert.Equal(1, await world.Worker.QueryAsync<long>("select count(*) from plan"));
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_of_a_slice_that_is_being_planned_at_that_moment()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await InsertCopiesAsync(catalogue, 10);
        var warmings = new BulkWarmings(catalogue.Source);
        var id = await warmings.BeginAsync(new WarmingRequest(Customer: 1), null, CancellationToken.None);
        await using var feeding = await catalogue.Source.OpenConnectionAsync();
        await using var slice = await feeding.BeginTransactionAsync();
        await using (var feed = new NpgsqlCommand(Sql.Named("Warming.Bulk.Feed"), feeding, slice))
        {
            feed.Parameters.AddWithValue("id", id);
            feed.Parameters.AddWithValue("most", 1000);
            Assert.Equal(10L, await feed.ExecuteScalarAsync());
        }

        var cancelling = warmings.CancelAsync(id, CancellationToken.None);
        await Eventually.TrueAsync(async () => await catalogue.AskAsync<bool>("select exists (select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database())"), "the one waits for the other");
        await slice.CommitAsync();
        Assert.True(await cancelling);

        Assert.Equal(0, await catalogue.AskAsync<long>("select count(*) from plan"));
        Assert.Equal((10, 0, 0, 0), Counts((await warmings.ListAsync(id, 1, CancellationToken.None)).Single()));
    }

    [Fact]
    public async Task Five_thousand_assets_are_planned_once_each_and_never_more_than_the_queue_may_hold()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await InsertCopiesAsync(catalogue, 5_000);
        var warmings = new BulkWarmings(catalogue.Source);
        var id = await warmings.BeginAsync(new WarmingRequest(Customer: 1), null, CancellationToken.None);
        Feeder[] feeders = [Feeder(catalogue, TimeProvider.System), Feeder(catalogue, TimeProvider.System)];
        var planned = new List<string>();
        while ((await warmings.ListAsync(id, 1, CancellationToken.None)).Single() is { EndedAt: null })
        {
            // Two nodes at once, as their ticks may fall together.
            await Task.WhenAll(feeders.Select(f => f.FeedAsync(CancellationToken.None)));
            Assert.InRange(await catalogue.AskAsync<long>("select count(*) from plan"), 0, Understudy.Warming.Bulk.Feeder.MostWaiting);
            planned.AddRange(await catalogue.ListAsync<string>("delete from plan where asset_id in (select asset_id from plan order by asset_id limit 700) returning asset_id"));
        }

        Assert.Equal(5_000, planned.Count);
        Assert.Equal(5_000, planned.Distinct().Count());
        Assert.Equal((5_000, 5_000, 0, 0), Counts((await warmings.ListAsync(id, 1, CancellationToken.None)).Single()));
    }

    [Fact]
    public async Task Rate_holds_for_all_nodes_together()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await InsertCopiesAsync(catalogue, 200);
        Feeder[] feeders = [Feeder(catalogue, TimeProvider.System), Feeder(catalogue, TimeProvider.System)];
        await new BulkWarmings(catalogue.Source).BeginAsync(new WarmingRequest(Customer: 1, Rate: 10), null, CancellationToken.None);
        for (var second = 0; second < 5; second++)
        {
            foreach (var feeder in feeders)
                await feeder.FeedAsync(CancellationToken.None);
            // As if a second went by.
            await catalogue.ExecuteAsync("update warming set saved_at = saved_at - interval '1 second'");
        }

        Assert.InRange(await catalogue.AskAsync<long>("select count(*) from plan"), 41, 60);
    }

    [Fact]
    public async Task More_urgent_warmings_and_copies_go_by_while_a_bulk_one_fills_its_slots()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await InsertCopiesAsync(catalogue, 50);
        var release = new TaskCompletionSource();
        var bulk = 0;
        await using var node = new Node(
            catalogue, "node", null, null, warms: true,
            new ScriptedStage((attempt, _) => Task.FromResult<Outcome>(Samples.Copied(attempt, 100))),
            new ScriptedStage(
                async (attempt, cancel) =>
                {
                    if (attempt.Ticket.Lane == Lane.Bulk)
                    {
                        Interlocked.Increment(ref bulk);
                        await release.Task.WaitAsync(cancel);
                    }

                    return new Outcome.Warmed("well");
                },
                Stages.Warm));
        var warmings = new BulkWarmings(catalogue.Source);
        var id = await warmings.BeginAsync(new WarmingRequest(Customer: 1), null, CancellationToken.None);
        await Feeder(catalogue, TimeProvider.System).FeedAsync(CancellationToken.None);
        await node.StartAsync();
        await Eventually.TrueAsync(() => bulk == 2, "all slots that bulk may have");

        AssetId[] ids = [.. Enumerable.Range(1, 20).Select(i => AssetId.Parse($"7/1/hit{i}"))];
        foreach (var hit in ids)
            await node.AcceptAsync(Samples.Ingested(hit, lane: Lane.Hit));
        await Eventually.TrueAsync(async () => await catalogue.AskAsync<long>("select count(*) from plan where customer = 7") == 0, "warmed");
        Assert.Equal(20, await catalogue.AskAsync<long>("select count(*) from history where asset_id like '7/%' and what = 'warmed'"));
        Assert.Equal((2, 50), (bulk, (await warmings.ListAsync(id, 1, CancellationToken.None)).Single().Waiting));
        release.SetResult();
        await Eventually.TrueAsync(async () => await catalogue.AskAsync<long>("select count(*) from plan") == 0, "all");
    }

    [Fact]
    public async Task Asset_that_is_being_refreshed_is_warmed_for_the_bulk_at_the_end_of_that_though_its_copy_stays_the_same()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [.. V2, "Copying:StallTimeout=00:00:30"]);
        var ids = await IngestAsync(world, 1);
        var before = world.Node.Traffic.Requests;
        using var held = new ManualResetEventSlim();
        world.Copies.S3.Script = _ =>
        {
            held.Wait(TimeSpan.FromSeconds(30));
            return null;
        };
        await world.Api.RefreshAsync(ids[0]);
        var begun = await world.Api.BeginWarmingAsync(new WarmingRequest(Ids: ids));
        await Eventually.TrueAsync(async () => (await world.Api.WarmingAsync(begun.Id)).Waiting == 1, "planned");
        held.Set();

        Assert.Equal((1, 1, 0, 0), Counts(await world.OverAsync(begun.Id)));
        Assert.Equal(before + 6, world.Node.Traffic.Requests);
    }

    [Fact]
    public async Task Worker_that_takes_over_goes_on_with_what_is_left()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: V2);
        await IngestAsync(world, 8);
        world.Node.Derivatives.PurgeAll();
        var gate = new Gate();
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        var begun = await world.Api.BeginWarmingAsync(new WarmingRequest(Customer: 2));
        await gate.ArrivedAsync(1);
        await world.Copies.AddWorkerAsync(world.Settings);
        await world.Copies.StopAsync(world.Worker);
        gate.Open();

        var over = await world.OverAsync(begun.Id);
        Assert.Equal((8, 8, 0, 0), Counts(over));
        // Where something is left, info.json is asked for again.
        Assert.InRange(over.GoodRequests, 8 * 5, 8 * 5 + 8);
        Assert.Equal(0, over.BadRequests);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await using var without = await Copying.CopyWorld.StartAsync(postgres);
        without.Put("foo", 5_000);
        await without.Worker.CopyAsync(Copying.CopyWorld.Id, Copying.CopyWorld.Uri("foo"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(without.Worker.Api.WarmAsync(Copying.CopyWorld.Id)));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(without.Worker.Api.BeginWarmingAsync(new WarmingRequest(Customer: 2))));
        Assert.Empty(await without.Worker.Api.NodesAsync());
        Assert.Empty(await without.Worker.Api.WarmingsAsync());

        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: V2);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(world.Api.WarmAsync(AssetId.Parse("2/5/nobody"))));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(world.Api.WarmingAsync(Guid.NewGuid())));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(world.Api.CancelWarmingAsync(Guid.NewGuid())));
        WarmingRequest[] nonsense =
        [
            new(), new(Space: 5), new(Ids: []), new(Customer: 2, Ids: [AssetId.Parse("2/5/foo")]), new(Space: 5, Ids: [AssetId.Parse("2/5/foo")]),
            new(Customer: 2, Rate: 0), new(Customer: 2, Rate: -1), new(Customer: 2, Rate: 10_001),
        ];
        foreach (var request in nonsense)
            Assert.True(await StatusAsync(world.Api.BeginWarmingAsync(request)) == HttpStatusCode.BadRequest, $"{request}");
        Assert.Empty(await world.Api.WarmingsAsync());

        var over = await world.OverAsync((await world.Api.BeginWarmingAsync(new WarmingRequest(Customer: 999))).Id);
        Assert.Equal((0, 0, 0, 0), Counts(over));
    }

    [Fact]
    public async Task Who_may_only_read_looks_but_begins_and_cancels_nothing()
    {
        await using var world = await FakeWarmingWorld.StartAsync(
            postgres,
            settings: ["Api:Keys:0:Name=reader", "Api:Keys:0:Key=reader-0123456789", "Api:Keys:0:Role=Read", "Api:Keys:1:Name=operator", "Api:Keys:1:Key=operator-0123456789", "Api:Keys:1:Role=Operate"]);
        using var reading = new HttpClient { BaseAddress = world.Worker.Address, DefaultRequestHeaders = { Authorization = new("Bearer", "reader-0123456789") } };
        using var operating = new HttpClient { BaseAddress = world.Worker.Address, DefaultRequestHeaders = { Authorization = new("Bearer", "operator-0123456789") } };
        var (reader, operates) = (new UnderstudyClient(reading), new UnderstudyClient(operating));
        var begun = await operates.BeginWarmingAsync(new WarmingRequest(Customer: 2));

        Assert.Equal("operator", begun.RequestedBy);
        Assert.Equal(begun.Id, Assert.Single(await reader.WarmingsAsync()).Id);
        Assert.Single(await reader.NodesAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reader.BeginWarmingAsync(new WarmingRequest(Customer: 2))));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reader.CancelWarmingAsync(begun.Id)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reader.WarmAsync(AssetId.Parse("2/5/foo"))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world.Api.WarmingsAsync()));
    }

    private static async Task<HttpStatusCode> StatusAsync(Task asking) => (await Assert.ThrowsAsync<UnderstudyException>(() => asking)).Status;

    private static (long Total, long Done, long Skipped, long Failed) Counts(WarmingView w) => (w.Total, w.Done, w.Skipped, w.Failed);

    private static Feeder Feeder(TestCatalogue catalogue, TimeProvider time) => new(catalogue.Source, time, new TestLog<Feeder>());

    private static async Task<AssetId[]> IngestAsync(FakeWarmingWorld world, int assets)
    {
        AssetId[] ids = [.. Enumerable.Range(1, assets).Select(i => AssetId.Parse($"2/5/image{i}"))];
        foreach (var id in ids)
            await world.IngestAsync(id, FakeWarmingWorld.Small);
        foreach (var id in ids)
            await world.WarmAsync(id);
        return ids;
    }

    private static Task<int> InsertCopiesAsync(TestCatalogue catalogue, int assets) => catalogue.ExecuteAsync(
        """
        insert into asset (id, customer, space, generation, deleted) select '1/1/image' || i, 1, 1, 1, false from generate_series(1, @assets) i;
        insert into copy (asset_id, path, bytes, source, etag, crc32c, generation)
        select '1/1/image' || i, i || '.jp2', 100, 's3://bucket/key', '"e"', i, 1 from generate_series(1, @assets) i
        """,
        new { assets });
}
