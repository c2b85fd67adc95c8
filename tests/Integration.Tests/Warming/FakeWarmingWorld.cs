using System.Net;
using System.Net.Sockets;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Warming.Planning;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Warming;

/// <summary>A worker, its store, and image servers that misbehave on demand.</summary>
internal sealed class FakeWarmingWorld : IAsyncDisposable
{
    /// <summary>512 x 512: four images a version.</summary>
    public const int Small = 20_000;

    /// <summary>1024 x 1024: four levels of one image, and one of four tiles, a version.</summary>
    public const int Large = 1_200_000;

    private readonly List<FakeCantaloupe> _nodes = [];

    private FakeWarmingWorld(CopyWorld copies) => Copies = copies;

    public CopyWorld Copies { get; }

    public CopyWorker Worker => Copies.Worker;

    public UnderstudyClient Api => Worker.Api;

    public SourceFiles Files { get; } = new();

    /// <summary>The tile cluster.</summary>
    public IReadOnlyList<FakeCantaloupe> Nodes => _nodes;

    public FakeCantaloupe Node => _nodes[0];

    public FakeCantaloupe Full { get; private set; } = null!;

    public string[] Settings { get; private set; } = [];

    /// <summary>All of all nodes.</summary>
    public IEnumerable<string> Urls => _nodes.SelectMany(n => n.Traffic.Urls);

    /// <param name="shared">The nodes have one cache of images.</param>
    /// <param name="absent">A port at which another node will be, or won't; the first of the cluster.</param>
    public static async Task<FakeWarmingWorld> StartAsync(PostgresServer postgres, int nodes = 1, bool shared = false, bool full = false, int? absent = null, string[]? settings = null)
    {
        var world = new FakeWarmingWorld(await CopyWorld.EmptyAsync(postgres));
        var cache = shared ? new DerivativeCache() : null;
        for (var i = 0; i < nodes; i++)
            world._nodes.Add(await FakeCantaloupe.StartAsync(world.Files, cache));
        var addresses = world._nodes.Select(AddressOf);
        if (absent is { } port)
            addresses = addresses.Prepend($"http://127.0.0.1:{port}");
        var cluster = addresses.Select((a, i) => $"Cantaloupe:Tiles:Nodes:{i}={a}").Append($"Cantaloupe:Tiles:SharedCache={shared}");
        if (full)
        {
            world.Full = await FakeCantaloupe.StartAsync(world.Files);
            cluster = cluster.Append($"Cantaloupe:Full:Nodes:0={AddressOf(world.Full)}");
        }

        world.Settings = [.. cluster, .. settings ?? []];
        await world.Copies.AddWorkerAsync(world.Settings);
        return world;
    }

    public static string AddressOf(FakeCantaloupe node) => node.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>One at which nobody listens, and that nobody is likely to get.</summary>
    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>As the caches of the tile cluster know it: with its leading slash.</summary>
    public static string IdentifierOf(AssetId id) => $"/{id}.jp2";

    /// <summary>Path and query of a request at a tile node.</summary>
    public static string UrlOf(AssetId id, int version, string rest) => $"/iiif/{version}/{Uri.EscapeDataString(IdentifierOf(id))}/{rest}";

    /// <summary>What a viewer may ask for, by the info.json that the nodes have: written here once more, from the planner only.</summary>
    public IReadOnlyList<string> PlanOf(AssetId id, int version, params ViewerProfile[] profiles)
    {
        var info = InfoJson.Of(version, "http://iiif.example.org/image", Files.Find(IdentifierOf(id))!, new CantaloupeOptions());
        Assert.True(IiifImage.TryParse(info, out var image, out var error), error);
        return [.. (profiles is [] ? [ViewerProfile.B] : profiles).SelectMany(p => TilePlan.Of(image, p)).Select(r => UrlOf(id, version, r.Path)).Distinct()];
    }

    public IReadOnlyList<string> PlanOf(AssetId id) => [.. PlanOf(id, 3), .. PlanOf(id, 2)];

    /// <summary>A source, and the file that the image servers will see once it is copied; told to the worker.</summary>
    public Task IngestAsync(AssetId id, int bytes = Large, int seed = 1) => IngestAsync(id, SyntheticJp2.Bytes(bytes, seed));

    public async Task IngestAsync(AssetId id, byte[] jp2, Lane? lane = null)
    {
        Put(id, jp2);
        await Api.SendAsync([new AssetIngested { Id = id, Source = CopyWorld.Uri(id.ToString()), Lane = lane }]);
    }

    public void Put(AssetId id, byte[] jp2)
    {
        var facts = SyntheticJp2.Facts(jp2.Length);
        var image = new SourceImage(new PixelSize(facts.Width, facts.Height), new PixelSize(facts.TileWidth, facts.TileHeight));
        Copies.S3.Put(CopyWorld.Bucket, id.ToString(), jp2);
        Files.Put(IdentifierOf(id), image);
        Files.Put(CopyWorld.Uri(id.ToString()), image);
    }

    /// <summary>Its plan is done, or given up.</summary>
    public async Task<AssetView> SettledAsync(AssetId id)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(
            async () => (view = await Api.FindAsync(id)) is { Plan: null or { DeadAt: not null }, Copy: not null },
            $"settled: {id}");
        return view!;
    }

    /// <summary>All was answered well in the end.</summary>
    public async Task<AssetView> WarmAsync(AssetId id)
    {
        var view = await SettledAsync(id);
        Assert.True(view.Plan is null, $"given up: {view.Plan?.Reason}");
        Assert.NotNull(view.Warmth!.WarmedAt);
        Assert.Equal((view.Warmth.Requested, null), (view.Warmth.Good, view.Warmth.Reason));
        return view;
    }

    /// <summary>Until it looks like this, whatever of it is still to come.</summary>
    public async Task<AssetView> SeenAsync(AssetId id, Func<AssetView, bool> condition, string what)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(async () => (view = await Api.FindAsync(id)) is not null && condition(view), what);
        return view!;
    }

    public async Task<WarmingView> OverAsync(Guid warming)
    {
        WarmingView? view = null;
        await Eventually.TrueAsync(async () => (view = await Api.WarmingAsync(warming)).EndedAt is not null, "over");
        return view!;
    }

    public async Task<FakeCantaloupe> StartNodeAsync(int port)
    {
        var node = await FakeCantaloupe.StartAsync(Files, port: port);
        _nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await Copies.DisposeAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (Full is not null)
            await Full.DisposeAsync();
    }
}
