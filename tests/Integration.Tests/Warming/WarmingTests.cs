using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Warming;

/// <summary>From an ingested JP2 to a warm image server, with real parts only.</summary>
public sealed class WarmingTests(PostgresServer postgres, RealJp2 jp2s)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/a picture (1)");

    [Fact]
    public async Task Ingested_image_is_copied_and_then_warmed_with_every_answer_good()
    {
        await using var world = await WarmingWorld.StartAsync(postgres, jp2s);
        await world.IngestAsync(Id);
        var view = await world.SettledAsync(Id);

        Assert.Null(view.Plan);
        Assert.Equal(AssetState.Present, view.State);
        // info.json, and of the pyramid of 900 x 700 in tiles of 256: one whole image, four tiles, and twelve.
        Assert.Equal(18, view.Warmth!.Requested);
        Assert.Equal((18, 0, null), (view.Warmth.Good, view.Warmth.Bad, view.Warmth.Reason));
        Assert.NotNull(view.Warmth.WarmedAt);
        Assert.True(view.Warmth.Bytes > 20_000);
        Assert.Contains("%2F2%2F5%2Fa%20picture%20%281%29.jp2/0,0,256,256/256,/0/default.jpg", world.Server.Log, StringComparison.Ordinal);
        Assert.Equal(["warmed", "copied"], view.History.Select(h => h.What).Take(2));
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Copy_that_was_cut_in_the_store_is_reported_as_bad_with_what_the_server_sends_for_it()
    {
        await using var world = await WarmingWorld.StartAsync(postgres, jp2s);
        await world.IngestAsync(Id);
        await world.SettledAsync(Id);
        using (var file = File.OpenWrite(world.Copies.PathOf(Id)))
            file.SetLength(file.Length / 2);
        world.Server.EmptyCaches();
        using var outcomes = new WarmOutcomes(world.Server.Address.GetLeftPart(UriPartial.Authority));
        await world.Api.WarmAsync(Id);
        var view = await world.SettledAsync(Id);

        // The copy is there, whatever its state: who repairs it is the scrub.
        Assert.Equal(AssetState.Present, view.State);
        Assert.Equal("warm", view.Plan!.Stage);
        Assert.Contains("of 18 requests were answered badly, first http://127.0.0.1", view.Plan.Reason, StringComparison.Ordinal);
        Assert.Contains("OpenJPEG error", view.Plan.Reason, StringComparison.Ordinal);
        // Some of its errors come with status 200, as image/jpeg.
        Assert.Contains("notAnImage", outcomes.Names);
        Assert.InRange(view.Warmth!.Bad, 1, 17);
        Assert.Equal(18, view.Warmth.Good + view.Warmth.Bad);
        Assert.Null(view.Warmth.WarmedAt);
    }

    [Fact]
    public async Task Customer_is_warmed_whole_and_what_is_warm_is_left_out_where_that_is_asked_for()
    {
        await using var world = await WarmingWorld.StartAsync(postgres, jp2s);
        await IngestAsync(world, customer: 2, assets: 8);
        await IngestAsync(world, customer: 20, assets: 1);

        var all = await FollowAsync(world, new WarmingRequest(Customer: 2));
        Assert.Equal((8, 8, 0, 0, 0), (all.Total, all.Done, all.Skipped, all.Failed, all.Waiting));
        Assert.Equal((8 * 18, 0), (all.GoodRequests, all.BadRequests));
        Assert.True(all.Bytes > 100_000);

        var cold = await FollowAsync(world, new WarmingRequest(Customer: 2, OnlyCold: true));
        Assert.Equal((8, 0, 8, 0), (cold.Total, cold.Done, cold.Skipped, cold.GoodRequests));
        Assert.Equal([cold.Id, all.Id], (await world.Api.WarmingsAsync()).Select(w => w.Id));
    }

    [Fact]
    public async Task List_is_warmed_and_what_has_no_copy_is_counted_as_skipped()
    {
        await using var world = await WarmingWorld.StartAsync(postgres, jp2s);
        var ids = await IngestAsync(world, customer: 2, assets: 3);

        var list = await FollowAsync(world, new WarmingRequest(Ids: [.. ids, ids[0], AssetId.Parse("9/9/nobody")]));
        Assert.True(list.IsList);
        Assert.Equal((4, 3, 1, 0), (list.Total, list.Done, list.Skipped, list.Failed));
    }

    [Fact]
    public async Task Cancelled_warming_leaves_no_plans_behind_and_the_rate_has_held_it_back()
    {
        await using var world = await WarmingWorld.StartAsync(postgres, jp2s);
        await IngestAsync(world, customer: 2, assets: 4);

        var begun = await world.Api.BeginWarmingAsync(new WarmingRequest(Customer: 2, Rate: 0.001));
        await Eventually.TrueAsync(async () => (await world.Api.WarmingAsync(begun.Id)).Done == 1, "the first one");
        var cancelled = await world.Api.CancelWarmingAsync(begun.Id);

        Assert.NotNull(cancelled.CancelledAt);
        Assert.Equal((4, 1, 0, 0), (cancelled.Total, cancelled.Done, cancelled.Waiting, cancelled.Failed));
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from plan"));
    }

    private static async Task<IReadOnlyList<AssetId>> IngestAsync(WarmingWorld world, int customer, int assets)
    {
        AssetId[] ids = [.. Enumerable.Range(1, assets).Select(i => AssetId.Parse($"{customer}/5/image{i}"))];
        foreach (var id in ids)
            await world.IngestAsync(id);
        foreach (var id in ids)
            await world.SettledAsync(id);
        return ids;
    }

    private static async Task<WarmingView> FollowAsync(WarmingWorld world, WarmingRequest request)
    {
        var warming = await world.Api.BeginWarmingAsync(request);
        await Eventually.TrueAsync(async () => (warming = await world.Api.WarmingAsync(warming.Id)).EndedAt is not null, "over");
        return warming;
    }
}
