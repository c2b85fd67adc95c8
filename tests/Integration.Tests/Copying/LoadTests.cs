using System.Diagnostics;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Much at once: flat memory, and everybody's turn. Alone, for what is measured is the whole process's.</summary>
[Collection(nameof(LoadTests))]
[CollectionDefinition(nameof(LoadTests), DisableParallelization = true)]
public sealed class LoadTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const long MiB = 1 << 20;

    /// <summary>256 MiB always; <c>TEST_LARGE_MIB=3072</c> asks for more, in memory where there is room.</summary>
    [Fact]
    public async Task Large_object_is_copied_with_flat_memory()
    {
        var size = long.Parse(Environment.GetEnvironmentVariable("TEST_LARGE_MIB") ?? "256", System.Globalization.CultureInfo.InvariantCulture) * MiB;
        using var store = new LargeFolder(size);
        await using var world = await CopyWorld.EmptyAsync(postgres, store.Path);
        // Loopback and a busy machine: not what the time-outs are tested with.
        var worker = await world.AddWorkerAsync("Copying:PartSize=8388608", "Copying:StallTimeout=00:00:30");
        await world.Worker.CopyAsync(AssetId.Parse("2/5/warm"), Put(world, "warm", 16 * MiB));
        var source = Put(world, "foo", size);
        GC.Collect();
        using var memory = new MemoryWatch();

        await worker.IngestAsync(CopyWorld.Id, source);
        AssetView? view = null;
        while (view is not { State: AssetState.Present or AssetState.Dead })
        {
            memory.Look();
            view = await worker.Api.EnsureAsync(CopyWorld.Id, TimeSpan.FromMilliseconds(100));
        }

        output.WriteLine($"{size / MiB} MiB: managed +{memory.Managed / MiB} MiB at the most, resident +{memory.ResidentGrowth / MiB} MiB");
        Assert.Equal(AssetState.Present, view.State);
        Assert.Equal(size, new FileInfo(world.PathOf(CopyWorld.Id)).Length);
        Assert.InRange(memory.ResidentGrowth, long.MinValue, 120 * MiB);
        Assert.InRange(memory.Managed, 0, 120 * MiB);
        await world.AssertQuietAsync();
    }

    [Fact]
    public async Task Customer_with_few_images_is_not_kept_waiting_by_one_with_many()
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        string[] settings = ["Plans:Slots=4", "Flow:MinConnections=1", "Flow:StartConnections=2", "Flow:MaxConnections=2", "Copying:StallTimeout=00:00:30"];
        var jp2 = SyntheticJp2.Bytes(100_000, seed: 1);
        var many = Enumerable.Range(0, 60).Select(i => AssetId.Parse($"1/1/{i}")).ToArray();
        var few = Enumerable.Range(0, 5).Select(i => AssetId.Parse($"2/1/{i}")).ToArray();
        foreach (var id in many.Concat(few))
            world.S3.Put(CopyWorld.Bucket, id.ToString(), jp2);

        // Everything is there before the first connection answers.
        using var goOn = new ManualResetEventSlim();
        world.S3.Script = _ =>
        {
            goOn.Wait();
            return null;
        };
        var worker = await world.AddWorkerAsync(settings);
        await worker.Api.SendAsync(many.Select(id => new AssetIngested { Id = id, Source = CopyWorld.Uri(id.ToString()) }));
        await worker.Api.SendAsync(few.Select(id => new AssetIngested { Id = id, Source = CopyWorld.Uri(id.ToString()) }));
        goOn.Set();
        foreach (var id in many.Concat(few))
            world.AssertCopied(jp2, await worker.SettledAsync(id));

        var order = world.S3.Traffic.Exchanges.Select(e => e.Request.Key).Distinct().ToList();
        var lastOfFew = few.Max(id => order.IndexOf(id.ToString()));
        output.WriteLine($"the last of the few began as number {lastOfFew + 1} of {order.Count}");
        Assert.InRange(lastOfFew, 0, 30);
        await world.AssertQuietAsync();
    }

    [Fact]
    public async Task Waiting_request_overtakes_a_queue_of_bulk_work()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Plans:Slots=4", "Flow:MinConnections=1", "Flow:StartConnections=2", "Flow:MaxConnections=2", "Flow:WaitingReserve=1");
        var jp2 = SyntheticJp2.Bytes(200_000, seed: 1);
        var bulk = Enumerable.Range(0, 80).Select(i => AssetId.Parse($"1/1/{i}")).ToArray();
        foreach (var id in bulk)
            world.S3.Put(CopyWorld.Bucket, id.ToString(), jp2);
        world.S3.Put(CopyWorld.Bucket, "foo", jp2);
        await world.Worker.Api.SendAsync(bulk.Select(id => new AssetIngested { Id = id, Source = CopyWorld.Uri(id.ToString()), Lane = Lane.Bulk }));
        await world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"), Lane.Bulk);

        world.AssertCopied(jp2, await world.Worker.EnsureAsync(CopyWorld.Id));

        var done = await world.Worker.QueryAsync<long>("select copies from store");
        output.WriteLine($"{done} copies when the one that was waited for was there");
        Assert.InRange(done, 1, bulk.Length);
        foreach (var id in bulk)
            await world.Worker.SettledAsync(id);
        await world.AssertQuietAsync();
    }

    private static string Put(CopyWorld world, string key, long size)
    {
        var read = SyntheticJp2.Reader(size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, key, new FaultyObject(size, $"\"{key}-1\"", (offset, to) => read(offset, to)));
        return CopyWorld.Uri(key);
    }

    /// <summary>Of this process, server and all, so that it can only overstate.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly Process _process = Process.GetCurrentProcess();
        private readonly long _before;

        // What other tests of this process have left on the heap is not this copy's.
        private readonly long _managedBefore = GC.GetTotalMemory(forceFullCollection: true);

        public MemoryWatch() => _before = Resident();

        public long Managed { get; private set; }

        public long ResidentGrowth { get; private set; }

        public void Look()
        {
            Managed = Math.Max(Managed, GC.GetTotalMemory(forceFullCollection: false) - _managedBefore);
            ResidentGrowth = Math.Max(ResidentGrowth, Resident() - _before);
        }

        public void Dispose() => _process.Dispose();

        private long Resident()
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    private sealed class LargeFolder : IDisposable
    {
        private readonly DirectoryInfo _folder;

        public LargeFolder(long bytes)
        {
            var inMemory = new DriveInfo("/dev/shm") is { IsReady: true, AvailableFreeSpace: var free } && free > 2 * bytes;
            _folder = Directory.CreateDirectory(System.IO.Path.Combine(inMemory ? "/dev/shm" : System.IO.Path.GetTempPath(), $"understudy-test-{Guid.NewGuid():n}"));
        }

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
