using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Integration.Tests.Warming;

/// <summary>Everything that an image server can do wrong, one thing at a time.</summary>
public sealed class WarmFaultTests(PostgresServer postgres)
{
    private const string Tile = "512,512,512,512/512,/0/default.jpg";
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly string TileUrl = FakeWarmingWorld.UrlOf(Id, 2, Tile);
    private const string V2 = "Warming:Versions=2";
    private static readonly string[] Short = [V2, "Warming:Flow:RequestTimeout=00:00:01"];

    /// <summary>Those that may pass, by the metric's name of the flaw.</summary>
    private static readonly Dictionary<string, CantaloupeFault> Passing = new()
    {
        ["empty"] = CantaloupeFault.Empty,
        ["truncated"] = CantaloupeFault.Truncated,
        ["notFound"] = CantaloupeFault.NotFound,
        ["serverError"] = CantaloupeFault.ServerError,
        ["timedOut"] = CantaloupeFault.StallAfter(0),
        ["connectionLost"] = CantaloupeFault.ResetAfter(10),
    };

    private static readonly Dictionary<string, CantaloupeFault> Lasting = new()
    {
        ["notAnImage"] = CantaloupeFault.SaysInstead("OpenJPEG error"),
        ["wrongSize"] = CantaloupeFault.WrongSize(511, 512),
        ["unsupported"] = CantaloupeFault.UnsupportedSource,
    };

    [Theory]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("notFound")]
    [InlineData("serverError")]
    [InlineData("timedOut")]
    [InlineData("connectionLost")]
    public async Task What_may_pass_is_asked_for_again_alone_until_it_is_good(string flaw)
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: flaw == "timedOut" ? Short : [V2]);
        world.Node.Script = CantaloupeScript.Url(Tile, CantaloupeScript.FirstOfEachUrl(2, Passing[flaw]));
        using var outcomes = new WarmOutcomes(FakeWarmingWorld.AddressOf(world.Node));
        await world.IngestAsync(Id);
        var view = await world.WarmAsync(Id);

        Assert.Equal((2, 9), (outcomes[flaw], view.Warmth!.Good));
        Assert.Equal(3, world.Node.Traffic.RequestsOf(TileUrl));
        Assert.All(world.PlanOf(Id, 2).Where(u => u != TileUrl), u => Assert.Equal(1, world.Node.Traffic.RequestsOf(u)));
        Assert.NotNull(world.Node.Derivatives.Image(FakeWarmingWorld.IdentifierOf(Id), Tile));
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Node_that_does_not_see_the_new_file_yet_is_asked_until_it_does()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 2, settings: [V2, "Plans:MaxAttempts=8"]);
        world.Nodes[0].Script = CantaloupeScript.First(4, CantaloupeFault.NotFound);
        world.Nodes[1].Script = CantaloupeScript.First(3, CantaloupeFault.NotFound);
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        Assert.All(world.Nodes, n => Assert.Equal(8, n.Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(Id)).Count));
    }

    [Fact]
    public async Task What_was_good_stays_good_when_the_plan_can_not_even_be_made_for_a_while()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [V2, "Plans:MaxAttempts=8"]);
        var infos = 0;
        world.Node.Script = CantaloupeScript.Any(
            CantaloupeScript.Url(Tile, CantaloupeScript.FirstOfEachUrl(1, CantaloupeFault.Empty)),
            // Not those of the first attempt: the plan's own, and the one that is to be warm.
            CantaloupeScript.Infos(_ => Interlocked.Increment(ref infos) is > 2 and <= 4 ? CantaloupeFault.ServerError : null));
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        Assert.True(infos > 4);
        Assert.Equal(2, world.Node.Traffic.RequestsOf(TileUrl));
        Assert.All(world.PlanOf(Id, 2).Where(u => u != TileUrl), u => Assert.Equal(1, world.Node.Traffic.RequestsOf(u)));
    }

    [Theory]
    [InlineData("notAnImage", true)]
    [InlineData("wrongSize", false)]
    [InlineData("unsupported", true)]
    public async Task What_does_not_pass_is_given_up_at_once_while_the_copy_is_served_and_can_be_asked_for_again(string flaw, bool byRetry)
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [V2, "Publishing:InMemory=true"]);
        world.Node.Script = CantaloupeScript.Url(Tile, CantaloupeScript.Always(Lasting[flaw]));
        await world.IngestAsync(Id);
        var view = await world.SettledAsync(Id);

        Assert.Equal((AssetState.Present, "warm", 1), (view.State, view.Plan!.Stage, view.Plan.Attempts));
        Assert.Contains($"1 of 9 requests were answered badly, first {FakeWarmingWorld.AddressOf(world.Node)}{TileUrl}: ", view.Plan.Reason, StringComparison.Ordinal);
        Assert.Equal((8, 1), (view.Warmth!.Good, view.Warmth.Bad));
        Assert.Equal(AssetState.Present, (await world.Worker.EnsureAsync(Id)).State);
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from outbox where type = 'AssetFailed'"));
        Assert.Equal(1, world.Node.Traffic.RequestsOf(TileUrl));

        world.Node.Script = CantaloupeScript.None;
        await (byRetry ? world.Api.RetryAsync(Id) : world.Api.WarmAsync(Id));
        await world.WarmAsync(Id);
        Assert.Equal(2, world.Node.Traffic.RequestsOf(TileUrl));
        Assert.All(world.PlanOf(Id, 2).Where(u => u != TileUrl), u => Assert.Equal(byRetry ? 1 : 2, world.Node.Traffic.RequestsOf(u)));
    }

    [Fact]
    public async Task What_keeps_failing_is_given_up_after_the_last_attempt()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [V2]);
        world.Node.Script = CantaloupeScript.Url(Tile, CantaloupeScript.Always(CantaloupeFault.ServerError));
        await world.IngestAsync(Id);
        var view = await world.SettledAsync(Id);

        Assert.Equal((AssetState.Present, 3), (view.State, view.Plan!.Attempts));
        Assert.Equal(3, world.Node.Traffic.RequestsOf(TileUrl));
        Assert.Equal("given up", view.History[0].What);
    }

    [Fact]
    public async Task Overload_uses_up_no_attempt()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [V2, "Plans:MaxAttempts=1"]);
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Url("/full/128,", CantaloupeScript.FirstOfEachUrl(2, CantaloupeFault.Overloaded(TimeSpan.FromSeconds(1)))));
        await world.IngestAsync(Id);
        var paused = false;
        await Eventually.TrueAsync(async () => paused |= (await world.Api.NodesAsync()).Single().PausedUntil is not null, "paused");
        await world.WarmAsync(Id);

        Assert.Equal(3, world.Node.Traffic.RequestsOf(FakeWarmingWorld.UrlOf(Id, 2, "full/128,/0/default.jpg")));
        Assert.All((await world.Api.FindAsync(Id))!.History, h => Assert.NotEqual("failed", h.What));
        Assert.True((await world.Api.NodesAsync()).Single().Pauses >= 2);
    }

    [Fact]
    public async Task Info_json_that_is_none_is_asked_for_again()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [V2]);
        world.Node.Script = CantaloupeScript.Infos(request => request.Number switch
        {
            1 => CantaloupeFault.Truncated,
            2 => CantaloupeFault.SaysInstead("<html>Back in a minute</html>"),
            _ => null,
        });
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        Assert.Equal(4 + 8, world.Node.Traffic.Requests);
    }

    [Fact]
    public async Task Info_json_that_hangs_uses_up_no_attempt()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: [V2, "Warming:Flow:RequestTimeout=00:00:02", "Plans:MaxAttempts=1"]);
        world.Node.Script = CantaloupeScript.Infos(CantaloupeScript.First(1, CantaloupeFault.StallAfter(0)));
        await world.IngestAsync(Id);
        await world.WarmAsync(Id);

        Assert.InRange(world.Node.Traffic.Requests, 3 + 8, 20);
    }

    [Fact]
    public async Task Absent_node_holds_up_nobody_else_and_gets_what_it_is_owed_when_it_is_there()
    {
        var port = FakeWarmingWorld.FreePort();
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 1, absent: port, settings: ["Plans:MaxAttempts=1"]);
        AssetId[] ids = [.. Enumerable.Range(1, 12).Select(i => AssetId.Parse($"2/5/image{i}"))];
        foreach (var id in ids)
            await world.IngestAsync(id, FakeWarmingWorld.Small);
        // The other node has all of theirs, and every plan waits.
        await Eventually.TrueAsync(() => ids.All(id => world.Node.Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(id)).Count == 7), "at the node that is there");
        var view = await world.SeenAsync(ids[^1], v => v.Plan?.Reason is not null, "waiting");
        Assert.Equal((AssetState.Present, 0), (view.State, view.Plan!.Attempts));
        Assert.Contains($"127.0.0.1:{port}", view.Plan.Reason, StringComparison.Ordinal);

        var late = await world.StartNodeAsync(port);
        foreach (var id in ids)
            await world.WarmAsync(id);
        foreach (var id in ids)
        {
            Assert.Equal(7, late.Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(id)).Count);
            Assert.Equal(7, world.PlanOf(id).Sum(world.Node.Traffic.RequestsOf));
        }
    }

    [Fact]
    public async Task Node_that_hangs_for_longer_than_all_attempts_take_loses_no_asset()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 2, settings: [.. Short, "Plans:MaxAttempts=3"]);
        var hangs = 0;
        world.Nodes[1].Script = request => hangs switch
        {
            // It is well until it has begun with images.
            0 when request.IsInfo => null,
            2 => null,
            _ => Interlocked.CompareExchange(ref hangs, 1, 0) is 2 ? null : CantaloupeFault.StallAfter(0),
        };
        await world.IngestAsync(Id);
        await Eventually.TrueAsync(() => world.Nodes[1].Traffic.Exchanges.Count(e => e.Fault is not null) >= 4, "hung for so long");
        Assert.Null((await world.Api.FindAsync(Id))!.Plan!.DeadAt);
        Volatile.Write(ref hangs, 2);

        await world.WarmAsync(Id);
        Assert.Equal(8, world.Nodes[1].Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(Id)).Count);
    }

    [Fact]
    public async Task Image_that_always_hangs_at_one_node_of_several_is_given_up_and_does_not_have_that_node_left_alone()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 2, settings: Short);
        world.Nodes[1].Script = CantaloupeScript.Url(Tile, CantaloupeScript.Always(CantaloupeFault.StallAfter(0)));
        await world.IngestAsync(Id);
        var view = await world.SettledAsync(Id);

        Assert.Equal((AssetState.Present, 3), (view.State, view.Plan!.Attempts));
        Assert.Contains("no whole answer within 00:00:01", view.Plan.Reason, StringComparison.Ordinal);
        Assert.All(await world.Api.NodesAsync(), n => Assert.Equal(0, n.Pauses));
    }
}
