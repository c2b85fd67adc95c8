using System.Collections.Concurrent;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Warming;

/// <summary>How hard the image servers are pressed, and that nothing else waits for them.</summary>
public sealed class WarmLimitsTests(PostgresServer postgres)
{
    [Fact]
    public async Task Slow_overviews_of_fifty_assets_never_exceed_the_limits_of_nodes_and_cluster()
    {
        const long Mi = 1 << 20;
        await using var world = await FakeWarmingWorld.StartAsync(
            postgres, nodes: 2,
            settings: ["Warming:Versions=3", "Warming:Flow:Concurrency=4", $"Warming:Flow:PixelsInFlight={2 * Mi}", "Warming:Flow:ClusterConcurrency=5", $"Warming:Flow:ClusterPixelsInFlight={3 * Mi}"]);
        var (most, mostPixels) = (new ConcurrentBag<int>(), new ConcurrentBag<long>());
        foreach (var node in world.Nodes)
        {
            node.Script = request =>
            {
                most.Add(world.Nodes.Sum(n => n.Traffic.ConcurrentRequests.Now));
                mostPixels.Add(world.Nodes.Sum(n => n.Traffic.Pixels.Now));
                return request.Pixels >= Mi ? CantaloupeFault.Slow(TimeSpan.FromMilliseconds(5)) : null;
            };
        }

        AssetId[] ids = [.. Enumerable.Range(1, 50).Select(i => AssetId.Parse($"{1 + (i % 3)}/5/image{i}"))];
        var jp2 = SyntheticJp2.Bytes(FakeWarmingWorld.Large, 1);
        foreach (var id in ids)
            await world.IngestAsync(id, jp2);
        foreach (var id in ids)
            await world.WarmAsync(id);

        Assert.All(world.Nodes, n =>
        {
            Assert.InRange(n.Traffic.Pixels.Mark, Mi, 2 * Mi);
            Assert.InRange(n.Traffic.ConcurrentRequests.Mark, 1, 4);
            Assert.Equal(50 * 8, n.Traffic.Decoded);
        });
        Assert.InRange(most.Max(), 2, 5);
        Assert.InRange(mostPixels.Max(), Mi, 3 * Mi);
        await world.Copies.AssertQuietAsync();
    }

    [Fact]
    public async Task No_copy_waits_for_image_servers_that_hang()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, nodes: 2, settings: ["Plans:Slots=4"]);
        var gate = new Gate();
        foreach (var node in world.Nodes)
            node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.Held(gate)));
        AssetId[] ids = [.. Enumerable.Range(1, 40).Select(i => AssetId.Parse($"2/5/image{i}"))];
        foreach (var id in ids[..20])
            await world.IngestAsync(id, FakeWarmingWorld.Small);
        await gate.ArrivedAsync(2);
        foreach (var id in ids[20..])
            await world.IngestAsync(id, FakeWarmingWorld.Small);
        foreach (var id in ids)
            Assert.Equal(AssetState.Present, (await world.SeenAsync(id, v => v.Copy is not null, "copied")).State);
        Assert.All(world.Nodes, n => Assert.Empty(n.Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(ids[0]))));
        // Also who waits is answered.
        Assert.Equal(AssetState.Present, (await world.Worker.EnsureAsync(ids[0])).State);

        gate.Open();
        foreach (var id in ids)
            await world.WarmAsync(id);
    }
}
