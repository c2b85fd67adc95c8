using System.Globalization;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Integration.Tests.Warming;

/// <summary>Everything goes wrong at random, for a while. WARM_SEED=n goes through the same faults again.</summary>
public sealed class RandomWarmingTests(PostgresServer postgres)
{
    private const int Assets = 40;

    // After so many bad answers a node is well for good.
    private const int FaultsPerNode = 40;

    private static readonly CantaloupeFault[] Faults =
    [
        CantaloupeFault.Empty, CantaloupeFault.Truncated, CantaloupeFault.NotFound, CantaloupeFault.ServerError,
        CantaloupeFault.Failing(502), CantaloupeFault.ResetAfter(20), CantaloupeFault.Slow(TimeSpan.FromMilliseconds(40)),
    ];

    [Fact]
    public async Task Whatever_fails_for_a_while_in_the_end_all_is_warm_everywhere()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("WARM_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(1_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"WARM_SEED={seed}");
        await using var world = await FakeWarmingWorld.StartAsync(
            postgres, nodes: 3, settings: ["Plans:MaxAttempts=60", "Warming:Flow:Concurrency=3", "Warming:Flow:ClusterConcurrency=6", "Warming:Flow:PixelsInFlight=1048576"]);
        foreach (var (i, node) in world.Nodes.Index())
            node.Script = AtRandom(new Random((seed * 3) + i));

        AssetId[] ids = [.. Enumerable.Range(1, Assets).Select(i => AssetId.Parse($"{1 + (i % 4)}/5/image{i}"))];
        foreach (var id in ids)
            await world.IngestAsync(id, FakeWarmingWorld.Small);
        foreach (var id in ids)
        {
            var view = await world.WarmAsync(id);
            // Two of info.json, and four levels in two versions; full/full is one with full/max.
            Assert.Equal(3 * 9, view.Warmth!.Good);
        }

        foreach (var node in world.Nodes)
        {
            Assert.All(ids, id => Assert.Equal(7, node.Derivatives.ImagesOf(FakeWarmingWorld.IdentifierOf(id)).Count));
            Assert.InRange(node.Traffic.ConcurrentRequests.Mark, 1, 3);
            Assert.InRange(node.Traffic.Pixels.Mark, 1, 1 << 20);
        }

        Assert.All(await world.Api.NodesAsync(), n => Assert.Equal((0, 0L, 0), (n.InFlight, n.PixelsInFlight, n.Queued)));
        await world.Copies.AssertQuietAsync();
    }

    private static Func<CantaloupeRequest, CantaloupeFault?> AtRandom(Random random)
    {
        var (turn, faults, overloads) = (new Lock(), 0, 0);
        return _ =>
        {
            lock (turn)
            {
                if (faults >= FaultsPerNode || random.Next(3) > 0)
                    return null;
                faults++;
                // Each of these pauses the node for a second and more.
                return random.Next(20) == 0 && ++overloads <= 2 ? CantaloupeFault.Overloaded(TimeSpan.FromSeconds(1)) : Faults[random.Next(Faults.Length)];
            }
        };
    }
}
