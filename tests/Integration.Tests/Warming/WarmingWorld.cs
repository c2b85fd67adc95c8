using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Warming;

/// <summary>A worker, its store, and the real image server that reads the store.</summary>
internal sealed class WarmingWorld(CopyWorld copies, IipServer server, RealJp2 jp2s) : IAsyncDisposable
{
    private const string Tiled = "-n 5 -t 256,256 -r 10";

    public CopyWorker Worker => copies.Worker;

    public UnderstudyClient Api => Worker.Api;

    public CopyWorld Copies => copies;

    public IipServer Server => server;

    public static async Task<WarmingWorld> StartAsync(PostgresServer postgres, RealJp2 jp2s, params string[] settings)
    {
        var copies = await CopyWorld.EmptyAsync(postgres);
        var server = await IipServer.StartAsync(copies.Store);
        await copies.AddWorkerAsync([$"Cantaloupe:Tiles:Nodes:0={server.Address.GetLeftPart(UriPartial.Authority)}", "Warming:Versions=2", .. settings]);
        return new WarmingWorld(copies, server, jp2s);
    }

    /// <summary>A real JP2 as the asset's source, told to the worker.</summary>
    public async Task IngestAsync(AssetId id, int width = 900, int height = 700, Func<byte[], byte[]>? change = null)
    {
        var key = id.ToString();
        var jp2 = jp2s.Make(width, height, Tiled);
        copies.S3.Put(CopyWorld.Bucket, key, change is null ? jp2 : change(jp2));
        await Api.SendAsync([new AssetIngested { Id = id, Source = CopyWorld.Uri(key) }]);
    }

    public async Task<AssetView> SettledAsync(AssetId id)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(
            async () => (view = await Api.FindAsync(id)) is { Plan: null or { DeadAt: not null }, Copy: not null },
            $"settled: {id}");
        return view!;
    }

    public async ValueTask DisposeAsync()
    {
        await copies.DisposeAsync();
        await server.DisposeAsync();
    }
}
