using System.Collections.Concurrent;
using System.Text.Json;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>A worker, its store, and a cluster of image servers that read it, keep what they made of it, and have viewers.</summary>
internal sealed class PurgingWorld : IAsyncDisposable
{
    /// <summary>512 x 512.</summary>
    public const int Small = 20_000;

    /// <summary>1024 x 1024.</summary>
    public const int Large = 1_200_000;

    private readonly List<FakeCantaloupe> _nodes = [];
    private readonly HttpClient _http = new();

    private PurgingWorld(CopyWorld copies) => Copies = copies;

    public CopyWorld Copies { get; }

    public CopyWorker Worker => Copies.Worker;

    public UnderstudyClient Api => Worker.Api;

    /// <summary>The tile cluster.</summary>
    public IReadOnlyList<FakeCantaloupe> Nodes => _nodes;

    public string[] Settings { get; private set; } = [];

    /// <param name="shared">The nodes have one cache of images.</param>
    public static async Task<PurgingWorld> StartAsync(PostgresServer postgres, int nodes = 3, bool shared = false, string[]? settings = null)
    {
        var world = new PurgingWorld(await CopyWorld.EmptyAsync(postgres));
        var files = new SourceFiles { Folder = world.Copies.Store };
        var cache = shared ? new DerivativeCache() : null;
        for (var i = 0; i < nodes; i++)
            world._nodes.Add(await FakeCantaloupe.StartAsync(files, cache));
        world.Settings =
        [
            .. world._nodes.Select((n, i) => $"Cantaloupe:Tiles:Nodes:{i}={n.Address.GetLeftPart(UriPartial.Authority)}"), $"Cantaloupe:Tiles:SharedCache={shared}",
            "Cantaloupe:Tiles:ApiUser=admin", "Cantaloupe:Tiles:ApiSecret=secret", "Cantaloupe:SettleTime=00:00:00.300",
            .. settings ?? [],
        ];
        await world.Copies.AddWorkerAsync(world.Settings);
        return world;
    }

    /// <summary>Gives the asset a source of so many bytes, and says so.</summary>
    public async Task ChangeAsync(AssetId id, int bytes, int seed = 1)
    {
        Copies.Put($"{id}", bytes, seed);
        await Api.SendAsync([new SourceUpdated { Id = id, Source = CopyWorld.Uri($"{id}") }]);
    }

    public async Task<AssetView> SettledAsync(AssetId id, Predicate<AssetView>? also = null)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(async () => (view = await Api.FindAsync(id)) is { Plan: null } && (also?.Invoke(view) ?? true), $"settled: {id} {view?.Plan?.Stage} {view?.Plan?.Reason}");
        return view!;
    }

    public static string IdentifierOf(AssetId id) => $"/{id}.jp2";

    /// <summary>What a viewer sees of the image at a node; null: nothing.</summary>
    public async Task<int?> WidthAsync(FakeCantaloupe node, AssetId id, int version = 3)
    {
        using var response = await _http.GetAsync(node.UrlOf(version, IdentifierOf(id), "info.json"));
        if (!response.IsSuccessStatusCode)
            return null;
        using var info = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return info.RootElement.GetProperty("width").GetInt32();
    }

    public async Task AssertServedAsync(AssetId id, int? width)
    {
        foreach (var node in _nodes)
        {
            Assert.Equal(width, await WidthAsync(node, id));
            Assert.Equal(width, await WidthAsync(node, id, version: 2));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Copies.DisposeAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        _http.Dispose();
    }
}
