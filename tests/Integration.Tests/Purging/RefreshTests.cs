using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Integration.Tests.Purging;

/// <summary>A source is replaced: by the end, nobody is served what was before.</summary>
public sealed class RefreshTests(PostgresServer postgres)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replaced_source_is_served_by_every_node_when_the_plan_is_done(bool shared)
    {
        await using var world = await PurgingWorld.StartAsync(postgres, shared: shared);
        await world.ChangeAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 512);

        await world.ChangeAsync(Id, PurgingWorld.Large);
        var view = await world.SettledAsync(Id, v => v.Copy?.Bytes == PurgingWorld.Large);

        await world.AssertServedAsync(Id, 1024);
        Assert.Equal(["warmed", "purged", "replaced", "source changed"], view.History.Select(h => h.What).Take(4));
        foreach (var node in world.Nodes)
            Assert.True(node.Tasks.Accepted.Count(t => t is { Verb: "PurgeItemFromCache", Identifier: "/2/5/foo.jp2" }) >= 2, "told twice");
    }

    [Fact]
    public async Task Deleted_asset_is_gone_from_every_node()
    {
        await using var world = await PurgingWorld.StartAsync(postgres);
        await world.ChangeAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 512);

        await world.Api.DeleteAsync(Id);
        var view = await world.SettledAsync(Id, v => v.Copy is null);

        Assert.Equal(AssetState.Absent, view.State);
        await world.AssertServedAsync(Id, null);
    }

    [Fact]
    public async Task Purge_that_is_asked_for_has_every_node_forget_what_it_had_and_warms_it_again()
    {
        await using var world = await PurgingWorld.StartAsync(postgres);
        await world.ChangeAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id, v => v.Warmth?.WarmedAt is not null);
        var decoded = world.Nodes.Select(n => n.Traffic.Decoded).ToArray();

        await world.Api.PurgeAsync(Id);
        var view = await world.SettledAsync(Id, v => v.Purge?.DoneAt is not null);

        Assert.Equal(["clean", "clean", "clean"], view.Purge!.Targets.Select(t => t.Step));
        Assert.NotNull(view.Warmth!.WarmedAt);
        Assert.All(world.Nodes.Zip(decoded), n => Assert.True(n.First.Traffic.Decoded > n.Second, "made anew"));
        Assert.Equal(["warmed", "purged", "purge asked for"], view.History.Select(h => h.What).Take(3));
    }

    [Fact]
    public async Task Node_that_says_done_and_removes_nothing_is_named_until_it_does()
    {
        await using var world = await PurgingWorld.StartAsync(postgres);
        await world.ChangeAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 512);
        var isSweeping = true;
        world.Nodes[1].Tasks.Script = _ => Volatile.Read(ref isSweeping) ? new TaskFault { RemovesNothing = true } : null;
        world.Nodes[1].Infos.HeapSurvives = true;

        await world.ChangeAsync(Id, PurgingWorld.Large);
        await Eventually.TrueAsync(
            async () => (await world.Api.FindAsync(Id))?.Plan is { Stage: "purge", Reason: { } reason } && reason.Contains(world.Nodes[1].Address.Authority, StringComparison.Ordinal),
            "the node is named");
        Volatile.Write(ref isSweeping, false);
        world.Nodes[1].Infos.HeapSurvives = false;

        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 1024);
    }
}
