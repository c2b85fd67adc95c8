using Understudy.Purging;
using Understudy.Purging.Targets;

namespace Understudy.Worker.Tests.Purging;

/// <summary>The order of a purge, against servers and viewers that do all that real ones were seen to do.</summary>
public sealed class LedgerProperties
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(ModelCluster.Longest + 1);

    [Fact]
    public void After_done_nobody_is_served_anything_old_whatever_the_nodes_did_before()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("PURGE_SEED"), out var given) ? given : Environment.TickCount & 0xFFFFF;
        TestContext.Current.TestOutputHelper!.WriteLine($"PURGE_SEED={first}");
        for (var seed = first; seed < first + 3_000; seed++)
            Run(seed);
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var cluster = new ModelCluster(random, nodes: random.Next(1, 5), shared: random.Next(2) == 0) { CalmFrom = random.Next(0, 200) };
        var (targets, purgedEdges) = (Targets(cluster, random.Next(2) == 0), new Dictionary<string, int>());
        var ledger = new Ledger(Start, new Dictionary<string, TargetState>());
        ledger.Know(targets);

        while (!ledger.IsDone)
        {
            Assert.True(cluster.Now < cluster.CalmFrom + 500, $"seed {seed}: still not done: {ledger.Reason}");
            while (ledger.Next(At(cluster), Settle) is { Count: > 0 } actions)
            {
                foreach (var action in actions.OrderBy(_ => random.Next()))
                    Act(cluster, ledger, action, random, purgedEdges);
                // As after a crash: what was written down is all that is known.
                if (random.Next(3) == 0)
                {
                    ledger = new Ledger(Start, new Dictionary<string, TargetState>(ledger.States));
                    ledger.Know(targets);
                }
            }

            cluster.Tick();
        }

        Assert.True(targets.Where(t => t.Kind > TargetKind.FullNode).All(t => purgedEdges.ContainsKey(t.Name)), $"seed {seed}");
        for (var i = 0; i < 60; i++)
        {
            Assert.True(cluster.IsClean, $"seed {seed}: something old lies in a cache {i} ticks after done");
            Assert.True(cluster.OldAnswers == 0, $"seed {seed}: a viewer is served what is old {i} ticks after done");
            cluster.Tick();
        }
    }

    private static void Act(ModelCluster cluster, Ledger ledger, PurgeAction action, Random random, Dictionary<string, int> purgedEdges)
    {
        var target = action.Target;
        var now = At(cluster);
        if (!target.StartsWith("node", StringComparison.Ordinal))
        {
            var reply = target != "cloudfront" ? PurgeReply.Done : Patient(action.Order, random);
            if (reply is PurgeReply.Purged)
                purgedEdges[target] = cluster.Now;
            ledger.Told(target, reply, now);
        }
        else if (action.Look)
            ledger.Looked(target, cluster.Look(target[^1] - '0', sizesOnly: action.IsFirstLook), now);
        else
            ledger.Told(target, cluster.Purge(target[^1] - '0', ledger.States[target].Step == TargetStep.Settled), now);
    }

    /// <summary>Takes an order, is at it for a while, and now and then has forgotten it.</summary>
    private static PurgeReply Patient(string? order, Random random) =>
        order is null ? new PurgeReply.Taken($"I{random.Next()}", TimeSpan.FromSeconds(2))
        : random.Next(4) switch { 0 => new PurgeReply.Lost("no such order"), 1 => new PurgeReply.Taken(order, TimeSpan.FromSeconds(2)), _ => PurgeReply.Done };

    private static List<(string Name, TargetKind Kind)> Targets(ModelCluster cluster, bool withEdges)
    {
        var targets = Enumerable.Range(0, cluster.Nodes).Select(i => ($"node{i}", i % 2 == 0 ? TargetKind.TileNode : TargetKind.FullNode)).ToList();
        if (withEdges)
            targets.AddRange([("infojson", TargetKind.InfoJsonStore), ("varnish", TargetKind.Varnish), ("cloudfront", TargetKind.CloudFront)]);
        return targets;
    }

    private static DateTimeOffset At(ModelCluster cluster) => Start.AddSeconds(cluster.Now);
}
