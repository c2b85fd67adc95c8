using System.Globalization;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Warming.Planning;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>Sources are replaced again and again, the nodes do all that goes wrong with real ones, and viewers never stop asking. PURGE_SEED=n goes through the same faults again.</summary>
public sealed class RandomPurgeTests(PostgresServer postgres)
{
    private const int Rounds = 3;

    private static readonly TimeSpan Trouble = TimeSpan.FromMilliseconds(1500);

    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(1200);

    // Nobody who waits for longer has anything put back; nor has who does, where the machine stands still meanwhile.
    private static readonly TimeSpan Patience = SettleTime / 3;

    [Fact]
    public async Task After_done_no_viewer_gets_anything_old_whatever_the_nodes_did_before()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PURGE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(1_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"PURGE_SEED={seed}");
        var random = new Random(seed);
        var shared = random.Next(2) == 0;
        var journal = new CantaloupeJournal();
        await using var world = await PurgingWorld.StartAsync(
            postgres, shared: shared, full: true, options: new() { LongestWork = Patience, Journal = journal },
            settings: [$"Cantaloupe:SettleTime={SettleTime:c}", "Cantaloupe:Tiles:TaskTimeout=00:00:01", "Cantaloupe:Full:TaskTimeout=00:00:01"]);
        ViewedAsset[] assets = [.. Enumerable.Range(1, 3).Select(i => new ViewedAsset(AssetId.Parse($"2/5/image{i}")))];
        foreach (var asset in assets)
            await ChangeAsync(world, asset, random);
        foreach (var asset in assets)
            await DoneAsync(world, asset, isFirst: true);

        await using var viewers = new Viewers(() => NodesOf(world), assets);
        viewers.Start(count: 6, seed, Patience);
        for (var round = 0; round < Rounds; round++)
        {
            var trouble = new Trouble(random, world, mayStop: round == 0);
            await trouble.BeginAsync();
            foreach (var asset in assets)
                await ChangeAsync(world, asset, random);
            using (var over = new PeriodicTimer(Trouble))
                await over.WaitForNextTickAsync();
            // Once more, while most of them are being purged.
            if (random.Next(2) == 0)
                await ChangeAsync(world, assets[random.Next(assets.Length)], random);
            await trouble.EndAsync();
            foreach (var asset in assets)
                await DoneAsync(world, asset);
        }

        var soFar = viewers.Answers;
        await Eventually.TrueAsync(() => viewers.Answers > soFar + 200, "asked on");
        await viewers.AskForAllAsync();
        foreach (var asset in assets.Where(a => viewers.Violations.Any(v => v.Contains($"{a.Id.Asset}", StringComparison.Ordinal))))
        {
            var history = (await world.Api.FindAsync(asset.Id))!.History.Select(h => $"{h.At:HH:mm:ss.fff} worker: {h.What}, {h.Detail}");
            string[] lines = [.. asset.Story, .. history, .. journal.Of(PurgingWorld.IdentifierOf(asset.Id)), .. journal.Of(CopyWorld.Uri($"{asset.Id}"))];
            TestContext.Current.TestOutputHelper?.WriteLine($"{asset.Id}, shared: {shared}\n{string.Join('\n', lines.Order(StringComparer.Ordinal))}");
        }

        Assert.True(viewers.Violations.Count == 0, string.Join('\n', viewers.Violations.Take(20)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{viewers.Answers} answers");
    }

    private static IReadOnlyList<(Uri Node, Func<AssetId, string> Identifier)> NodesOf(PurgingWorld world) =>
        [.. world.Nodes.Select(n => (n.Address, (Func<AssetId, string>)PurgingWorld.IdentifierOf)), (world.Full!.Address, id => CopyWorld.Uri($"{id}"))];

    private static Task ChangeAsync(PurgingWorld world, ViewedAsset asset, Random random)
    {
        var version = asset.Change(random);
        world.Sources.Put(CopyWorld.Uri($"{asset.Id}"), new SourceImage(new(version.Width, version.Width), new(SyntheticJp2.TileSize, SyntheticJp2.TileSize), Look: version.Look));
        return world.ChangeAsync(asset.Id, version.Bytes, version.Seed);
    }

    /// <summary>From the moment in which the view says so nobody may get anything older.</summary>
    private static async Task DoneAsync(PurgingWorld world, ViewedAsset asset, bool isFirst = false)
    {
        await world.SeenAsync(asset.Id, v => v.Copy?.Checksum == asset.Newest.Checksum && (isFirst || v.Purge?.DoneAt is not null) && v.Plan is null or { Stage: "warm" });
        asset.Done(asset.Newest);
        await world.SettledAsync(asset.Id);
    }
}

/// <summary>What the nodes do wrong for a while.</summary>
internal sealed class Trouble(Random random, PurgingWorld world, bool mayStop)
{
    private readonly Gate _tasks = new();
    private FakeCantaloupe? _stopped;

    public async Task BeginAsync()
    {
        foreach (var node in world.Nodes.Append(world.Full!))
        {
            var (own, turn) = (new Random(random.Next()), new Lock());
            Func<CantaloupeTask, Random, TaskFault?> kind = random.Next(7) switch
            {
                0 => (_, _) => new TaskFault { Gate = _tasks },
                1 => (task, _) => PassesOver(node, task),
                2 => (_, r) => r.Next(2) == 0 ? new TaskFault { Status = 500 } : null,
                3 => (_, r) => r.Next(3) > 0 ? new TaskFault { Status = 503 } : null,
                4 => (_, r) => Forgets(node, r),
                5 => (task, r) => r.Next(2) == 0 ? PassesOver(node, task) : null,
                _ => (_, _) => null,
            };
            node.Tasks.Script = task =>
            {
                lock (turn)
                    return kind(task, own);
            };
            node.Infos.HeapSurvives = random.Next(4) == 0;
            node.Script = CantaloupeScript.Images(_ =>
            {
                lock (turn)
                    return own.Next(3) == 0 ? CantaloupeFault.Slow(TimeSpan.FromMilliseconds(own.Next(10, 350))) : null;
            });
        }

        if (mayStop && random.Next(2) == 0)
            await world.StopAsync(_stopped = world.Nodes[random.Next(world.Nodes.Count)]);
    }

    public async Task EndAsync()
    {
        _tasks.Open();
        if (_stopped is not null)
            await world.StartAgainAsync(_stopped);
        foreach (var node in world.Nodes.Append(world.Full!))
        {
            node.Tasks.Script = _ => null;
            node.Infos.HeapSurvives = false;
        }
    }

    /// <summary>As during a sweep. Only while it can be seen: tiles that are no probe come back unseen where the second purge, too, is passed over.</summary>
    private TaskFault? PassesOver(FakeCantaloupe node, CantaloupeTask task) =>
        node.Infos.Peek(task.Identifier!)?.Size != (node == world.Full ? world.Sources : world.Store).Find(task.Identifier!)?.Size ? new TaskFault { RemovesNothing = true } : null;

    private static TaskFault? Forgets(FakeCantaloupe node, Random random)
    {
        if (random.Next(2) == 0)
            node.Tasks.Forget();
        return null;
    }
}
