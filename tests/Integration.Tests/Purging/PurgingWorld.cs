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
    private readonly HashSet<FakeCantaloupe> _down = [];
    private CantaloupeOptions _options = new();
    private readonly HttpClient _http = new();

    private PurgingWorld(CopyWorld copies) => Copies = copies;

    public CopyWorld Copies { get; }

    public CopyWorker Worker => Copies.Worker;

    public UnderstudyClient Api => Worker.Api;

    /// <summary>The tile cluster.</summary>
    public IReadOnlyList<FakeCantaloupe> Nodes => _nodes;

    /// <summary>Reads the sources, and is asked for whole images; null: there is none.</summary>
    public FakeCantaloupe? Full { get; private set; }

    /// <summary>What the tile cluster reads.</summary>
    public SourceFiles Store { get; private set; } = null!;

    /// <summary>What <see cref="Full"/> reads.</summary>
    public SourceFiles Sources { get; } = new();

    public string[] Settings { get; private set; } = [];

    /// <param name="shared">The nodes have one cache of images.</param>
    /// <param name="full">There is a full node.</param>
    /// <param name="worker">There is a worker.</param>
    public static async Task<PurgingWorld> StartAsync(PostgresServer postgres, int nodes = 3, bool shared = false, string[]? settings = null, bool full = false, bool worker = true, CantaloupeOptions? options = null)
    {
        var world = new PurgingWorld(await CopyWorld.EmptyAsync(postgres)) { _options = options ?? new() };
        world.Store = new SourceFiles { Folder = world.Copies.Store };
        var cache = shared ? new DerivativeCache() : null;
        for (var i = 0; i < nodes; i++)
            world._nodes.Add(await FakeCantaloupe.StartAsync(world.Store, cache, world._options));
        if (full)
            world.Full = await FakeCantaloupe.StartAsync(world.Sources, options: world._options);
        world.Settings =
        [
            .. world._nodes.Select((n, i) => $"Cantaloupe:Tiles:Nodes:{i}={n.Address.GetLeftPart(UriPartial.Authority)}"), $"Cantaloupe:Tiles:SharedCache={shared}",
            "Cantaloupe:Tiles:ApiUser=admin", "Cantaloupe:Tiles:ApiSecret=secret", "Cantaloupe:SettleTime=00:00:00.300",
            .. world.Full is { } node ? new[] { $"Cantaloupe:Full:Nodes:0={node.Address.GetLeftPart(UriPartial.Authority)}", "Cantaloupe:Full:ApiUser=admin", "Cantaloupe:Full:ApiSecret=secret" } : [],
            .. settings ?? [],
        ];
        if (worker)
            await world.Copies.AddWorkerAsync(world.Settings);
        return world;
    }

    /// <summary>As a power cut does: the heap is lost, and a cache of its own stays on its disk.</summary>
    public async Task StopAsync(FakeCantaloupe node)
    {
        _down.Add(node);
        await node.DisposeAsync();
    }

    /// <returns>The same node, in place of the stopped one.</returns>
    public async Task<FakeCantaloupe> StartAgainAsync(FakeCantaloupe stopped)
    {
        var again = await FakeCantaloupe.StartAsync(Store, stopped.Derivatives, _options, port: stopped.Address.Port);
        return _nodes[_nodes.IndexOf(stopped)] = again;
    }

    /// <summary>It is no part of the cluster any more.</summary>
    public void Forget(FakeCantaloupe node)
    {
        _nodes.Remove(node);
        var address = node.Address.GetLeftPart(UriPartial.Authority);
        Settings = [.. Settings.Where(s => !s.EndsWith(address, StringComparison.Ordinal))];
    }

    /// <summary>Another worker in place of the one that there is.</summary>
    public async Task ReplaceWorkerAsync(params string[] settings)
    {
        await Copies.StopAsync(Worker);
        await Copies.AddWorkerAsync([.. Settings, .. settings]);
    }

    /// <summary>Gives the asset a source of so many bytes, and says so.</summary>
    public async Task ChangeAsync(AssetId id, int bytes, int seed = 1)
    {
        Copies.Put($"{id}", bytes, seed);
        await Api.SendAsync([new SourceUpdated { Id = id, Source = CopyWorld.Uri($"{id}") }]);
    }

    /// <summary>As <see cref="ChangeAsync"/>, and nothing is known of what was before.</summary>
    public Task IngestAsync(AssetId id, int bytes, int seed = 1)
    {
        Copies.Put($"{id}", bytes, seed);
        return Worker.IngestAsync(id, CopyWorld.Uri($"{id}"));
    }

    public Task<AssetView> SettledAsync(AssetId id, Predicate<AssetView>? also = null) => SeenAsync(id, v => v.Plan is null && (also?.Invoke(v) ?? true));

    public async Task<AssetView> SeenAsync(AssetId id, Predicate<AssetView> wanted)
    {
        AssetView? view = null;
        try
        {
            await Eventually.TrueAsync(async () => (view = await Api.FindAsync(id)) is not null && wanted(view), "so");
        }
        catch (Xunit.Sdk.XunitException e)
        {
            Assert.Fail($"{id}: {e.Message}: {view?.State} {view?.Plan?.Stage} {view?.Plan?.Reason} {string.Join(", ", view?.Purge?.Targets.Select(t => $"{t.Name} {t.Step} {t.Reason}") ?? [])}");
        }

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
        foreach (var node in _nodes.Except(_down))
            await node.DisposeAsync();
        if (Full is not null)
            await Full.DisposeAsync();
        _http.Dispose();
    }
}
