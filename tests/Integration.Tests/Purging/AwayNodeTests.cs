using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>A node is down while the others are purged: it holds up nobody, and is owed its purge.</summary>
public sealed class AwayNodeTests(PostgresServer postgres)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Others_and_edges_are_purged_without_the_node_that_is_down_and_again_when_it_is_back(bool shared)
    {
        await using var varnish = await HttpReceiver.StartAsync(_ => new(200));
        await using var world = await PurgingWorld.StartAsync(postgres, shared: shared, settings: [$"Purging:Varnish:0:Url={varnish.Address}"]);
        await world.IngestAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 512);
        var down = world.Nodes[2];
        await world.StopAsync(down);

        await world.ChangeAsync(Id, PurgingWorld.Large);
        await Eventually.TrueAsync(() => varnish.Received.Count == 1, "the edge is purged");

        foreach (var node in world.Nodes.Take(2))
            Assert.Equal(1024, await world.WidthAsync(node, Id));
        var owed = await world.SeenAsync(Id, v => v.Plan is { Stage: "purge", Reason: not null, Worker: null });
        Assert.Contains(down.Address.Authority, owed.Plan!.Reason, StringComparison.Ordinal);
        Assert.Null(owed.Purge!.DoneAt);
        Assert.Equal([$"tiles {down.Address.GetLeftPart(UriPartial.Authority)}"], owed.Purge.Targets.Where(t => t.Step != "clean").Select(t => t.Name));

        await world.StartAgainAsync(down);
        await world.SettledAsync(Id);

        await world.AssertServedAsync(Id, 1024);
        // What the edge was fed by the node that came back may have been old.
        Assert.Equal(2, varnish.Received.Count);
    }

    [Fact]
    public async Task Node_that_left_the_configuration_is_forgiven_and_the_log_says_so()
    {
        await using var world = await PurgingWorld.StartAsync(postgres);
        await world.ChangeAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);
        var gone = world.Nodes[2];
        await world.StopAsync(gone);
        await world.ChangeAsync(Id, PurgingWorld.Large);
        await world.SeenAsync(Id, v => v.Purge?.Targets is { Count: 3 } targets && targets.Count(t => t.Step == "clean") == 2);

        world.Forget(gone);
        await world.ReplaceWorkerAsync();
        var view = await world.SettledAsync(Id);

        Assert.Equal(2, view.Purge!.Targets.Count);
        Assert.Contains(world.Worker.Log, l => l.Contains("forgiven", StringComparison.Ordinal) && l.Contains(gone.Address.Authority, StringComparison.Ordinal));
        await world.AssertServedAsync(Id, 1024);
    }

    [Fact]
    public async Task Edge_that_left_the_configuration_is_forgiven_and_the_log_says_so()
    {
        await using var varnish = await HttpReceiver.StartAsync(_ => new(503));
        await using var world = await PurgingWorld.StartAsync(postgres, nodes: 1);
        await world.ChangeAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);
        await world.ReplaceWorkerAsync($"Purging:Varnish:0:Url={varnish.Address}");
        await world.ChangeAsync(Id, PurgingWorld.Large);
        await world.SeenAsync(Id, v => v.Plan?.Reason?.Contains(varnish.Address, StringComparison.Ordinal) == true);

        await world.ReplaceWorkerAsync();
        await world.SettledAsync(Id);

        Assert.Contains(world.Worker.Log, l => l.Contains("forgiven", StringComparison.Ordinal) && l.Contains(varnish.Address, StringComparison.Ordinal));
    }
}
