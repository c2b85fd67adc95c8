using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>A source that misbehaves on demand, a fresh catalogue, an empty store, and a worker between them.</summary>
internal sealed class CopyWorld : IAsyncDisposable
{
    public const string Bucket = "pics";
    public const int PartSize = 64 * 1024;
    public static readonly AssetId Id = AssetId.Parse("2/5/foo");

    private readonly TempFolder _temp;
    private readonly List<CopyWorker> _workers = [];

    public FaultyS3 S3 { get; private init; } = null!;

    public string Catalogue { get; private init; } = "";

    public string Store { get; private init; } = "";

    public string Files { get; private init; } = "";

    /// <summary>The one that was started first.</summary>
    public CopyWorker Worker => _workers[0];

    public static async Task<CopyWorld> StartAsync(PostgresServer postgres, params string[] settings)
    {
        var world = await EmptyAsync(postgres);
        await world.AddWorkerAsync(settings);
        return world;
    }

    /// <summary>No worker yet.</summary>
    public static async Task<CopyWorld> EmptyAsync(PostgresServer postgres, string? store = null)
    {
        var temp = new TempFolder();
        return new CopyWorld(temp)
        {
            S3 = await FaultyS3.StartAsync(),
            Catalogue = await postgres.NewCatalogueAsync(),
            Store = store ?? Directory.CreateDirectory(Path.Combine(temp.Path, "store")).FullName,
            Files = Directory.CreateDirectory(Path.Combine(temp.Path, "files")).FullName,
        };
    }

    private CopyWorld(TempFolder temp) => _temp = temp;

    public async Task<CopyWorker> AddWorkerAsync(params string[] settings)
    {
        var worker = await CopyWorker.StartAsync(Catalogue, Store, S3.Address.ToString(), [$"Sources:FileRoots:0={Files}", .. settings]);
        _workers.Add(worker);
        return worker;
    }

    public async Task StopAsync(CopyWorker worker)
    {
        _workers.Remove(worker);
        await worker.DisposeAsync();
    }

    /// <summary>Puts a sound JP2 under the key, with the MD5 as its ETag.</summary>
    public byte[] Put(string key, int bytes, int seed = 1)
    {
        var jp2 = SyntheticJp2.Bytes(bytes, seed);
        S3.Put(Bucket, key, jp2);
        return jp2;
    }

    public static string Uri(string key) => $"s3://{Bucket}/{key}";

    public string PathOf(AssetId id) => Path.Combine(Store, $"{id.Customer}/{id.Space}/{id.Asset}.jp2");

    public byte[] Stored(AssetId id) => File.ReadAllBytes(PathOf(id));

    public bool IsStored(AssetId id) => File.Exists(PathOf(id));

    /// <summary>What lies in the reserved folder, but for the bars that attempts leave there on purpose.</summary>
    public string[] Leftovers() =>
        [.. Directory.EnumerateFiles(Path.Combine(Store, ".understudy"), "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".journal", StringComparison.Ordinal) && !f.EndsWith("store-id", StringComparison.Ordinal)).Select(f => Path.GetRelativePath(Store, f))];

    /// <summary>The wanted bytes stand in the store, the catalogue says so, and nothing is held any more.</summary>
    public async Task AssertCopiedAsync(byte[] wanted, AssetView view)
    {
        AssertCopied(wanted, view);
        await AssertQuietAsync();
    }

    /// <summary>As <see cref="AssertCopiedAsync"/>, while others are still at work.</summary>
    public void AssertCopied(byte[] wanted, AssetView view)
    {
        Assert.Null(view.Plan?.Reason);
        Assert.Equal(AssetState.Present, view.State);
        Assert.Equal(wanted.Length, view.Copy!.Bytes);
        Assert.True(wanted.AsSpan().SequenceEqual(Stored(view.Id)), "the store holds other bytes than the source");
        Assert.Equal(Convert.ToHexStringLower(ReferenceChecksum.Of("crc32c", wanted)), view.Copy.Checksum);
    }

    /// <summary>The plan was given up with such a reason, and nothing of it is left.</summary>
    public async Task AssertDeadAsync(AssetView view, Contracts.Fault fault, params string[] reason)
    {
        Assert.Equal(AssetState.Dead, view.State);
        Assert.Equal(fault, view.Plan!.Fault);
        Assert.All(reason, r => Assert.Contains(r, view.Plan.Reason, StringComparison.Ordinal));
        Assert.DoesNotContain("unexpected", view.Plan.Reason, StringComparison.Ordinal);
        await AssertQuietAsync();
    }

    /// <summary>Every way out has given back what it held: slots, room, handles.</summary>
    public async Task AssertQuietAsync()
    {
        foreach (var worker in _workers)
        {
            await Eventually.TrueAsync(() => worker.Gate.InFlight == 0, $"all slots given back: {worker.Gate.InFlight} are out");
            Assert.Empty(await Task.FromResult(worker.Log.Where(l => l.Contains("unexpected", StringComparison.OrdinalIgnoreCase))));
        }

        await Eventually.TrueAsync(
            async () => await Worker.QueryAsync<long>("select reserved from store") == await Worker.QueryAsync<long>("select coalesce(sum(reserved), 0)::bigint from plan where dead_at is null"),
            "reservations are those of living plans");
        await Eventually.TrueAsync(() => OpenFiles().Length == 0, $"closed: {string.Join(", ", OpenFiles())}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await S3.DisposeAsync();
        _temp.Dispose();
    }

    // The root itself stays open; everything below it is somebody's.
    private string[] OpenFiles() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(Target).OfType<string>()
            .Where(t => t.StartsWith(Store + "/", StringComparison.Ordinal) || t.StartsWith(Files + "/", StringComparison.Ordinal))];

    private static string? Target(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            return null; // Closed meanwhile.
        }
    }
}
