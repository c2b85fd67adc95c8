using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Warming;

/// <summary>What comes between while an asset is being warmed.</summary>
public sealed class WarmInterruptionTests(PostgresServer postgres)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly string[] OneByOne = ["Warming:Versions=2", "Warming:Flow:Concurrency=1"];

    [Fact]
    public async Task Changed_source_stops_the_warming_at_once_and_the_new_copy_is_warmed()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: OneByOne);
        var gate = new Gate();
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        await world.IngestAsync(Id);
        await gate.ArrivedAsync(1);
        var before = (await world.Api.FindAsync(Id))!.Copy!;

        world.Put(Id, SyntheticJp2.Bytes(FakeWarmingWorld.Large, 2));
        await world.Api.RefreshAsync(Id);
        var copied = await world.SeenAsync(Id, v => v.Copy!.Checksum != before.Checksum, "copied while the image server hangs");
        Assert.Equal(AssetState.Present, copied.State);
        await gate.ArrivedAsync(2);
        gate.Open();
        var view = await world.WarmAsync(Id);

        Assert.Equal(copied.Copy!.Checksum, view.Copy!.Checksum);
        Assert.Equal(9, view.Warmth!.Good);
        Assert.Equal(["warmed", "replaced", "source changed", "copied", "ingested"], view.History.Select(h => h.What));
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Deletion_stops_the_warming_at_once_and_leaves_nothing_of_it()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: OneByOne);
        var gate = new Gate();
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        await world.IngestAsync(Id);
        await gate.ArrivedAsync(1);
        await world.Api.DeleteAsync(Id);

        var view = await world.SeenAsync(Id, v => v is { State: AssetState.Absent, Plan: null }, "removed while the image server hangs");
        Assert.Null(view.Warmth);
        Assert.False(world.Copies.IsStored(Id));
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from warmth"));
        Assert.Equal(1, gate.Arrived);
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Lost_file_is_copied_again_while_the_image_server_hangs_and_then_warmed()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: OneByOne);
        var gate = new Gate();
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        await world.IngestAsync(Id);
        await gate.ArrivedAsync(1);
        File.Delete(world.Copies.PathOf(Id));

        Assert.Equal(AssetState.Present, (await world.Worker.EnsureAsync(Id)).State);
        Assert.True(world.Copies.IsStored(Id));
        gate.Open();
        await world.WarmAsync(Id);
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Another_worker_goes_on_where_a_stopped_one_was_and_its_progress_is_seen()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 2, settings: OneByOne);
        var gate = new Gate();
        world.Nodes[0].Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        await world.IngestAsync(Id);
        await gate.ArrivedAsync(1);
        // The other node is done with all, this one with nothing but info.json.
        await Eventually.TrueAsync(() => world.Nodes[1].Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(Id)).Count == 8, "one node done");
        gate.LetOneThrough();
        await gate.ArrivedAsync(2);
        gate.LetOneThrough();
        await gate.ArrivedAsync(3);
        await world.Copies.AddWorkerAsync(world.Settings);
        await world.Copies.StopAsync(world.Worker);
        var view = await world.SeenAsync(Id, v => v.Warmth is { Good: > 0 }, "what the first worker came to");
        Assert.Equal((18, 9 + 1 + 2, null), (view.Warmth!.Requested, view.Warmth.Good, view.Warmth.WarmedAt));
        gate.Open();
        await world.WarmAsync(Id);

        Assert.All(world.PlanOf(Id, 2), u => Assert.Equal(1, world.Nodes[1].Traffic.RequestsOf(u)));
        // Only the one that was under way.
        Assert.Equal(9, world.PlanOf(Id, 2).Sum(world.Nodes[0].Traffic.RequestsOf));
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task Progress_is_seen_while_it_is_under_way()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:Flow:Concurrency=1"]);
        var gate = new Gate();
        world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        await world.IngestAsync(Id);
        await gate.ArrivedAsync(1);
        await world.SeenAsync(Id, v => v.Plan!.CreatedAt < DateTimeOffset.UtcNow.AddSeconds(-3), "some time later");
        gate.LetOneThrough();
        var view = await world.SeenAsync(Id, v => v.Warmth is { Good: > 0 }, "progress");

        Assert.Equal((18, 3, 0, null), (view.Warmth!.Requested, view.Warmth.Good, view.Warmth.Bad, view.Warmth.WarmedAt));
        gate.Open();
        await world.WarmAsync(Id);
    }
}
