using System.Collections.Concurrent;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>Two workers on a store that is always too small: copies come, are used, pinned, deleted and evicted, and a worker stops in the middle.</summary>
public sealed class RandomStoreTests(PostgresServer postgres)
{
    private const int Assets = 30;
    private const int Largest = 60_000;
    private const long Budget = 6 * Largest;

    private static readonly string[] Settings =
    [
        $"Storage:MaxBytes={Budget}", "Storage:GracePeriod=00:00:00.500", "Storage:EvictedFor=00:00:00.200", "Storage:HighWaterPercent=80", "Storage:LowWaterPercent=60", "Plans:RoomDelay=00:00:00.300", "Plans:MaxAttempts=100",
    ];

    public static TheoryData<int> Seeds => Environment.GetEnvironmentVariable("STORE_SEED") is { } seed ? [int.Parse(seed)] : [1, Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Budget_is_kept_nothing_pinned_goes_and_what_is_wanted_comes(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"STORE_SEED={seed}");
        var random = new Random(seed);
        await using var world = await CopyWorld.EmptyAsync(postgres);
        await world.AddWorkerAsync(Settings);
        var other = await world.AddWorkerAsync(Settings);
        var api = world.Worker.Api;
        // Of each, whether its copy is known to have been there since it was pinned.
        var pinned = new ConcurrentDictionary<AssetId, bool>();
        using var over = new CancellationTokenSource();
        var watch = Task.Run(() => WatchAsync(world, seed, over.Token));

        for (var step = 0; step < 120; step++)
        {
            var id = AssetId.Parse($"2/5/a{random.Next(Assets)}");
            switch (random.Next(10))
            {
                case < 5:
                    world.Put($"{id}", random.Next(5_000, Largest), random.Next());
                    await api.SendAsync([new AssetIngested { Id = id, Source = CopyWorld.Uri($"{id}") }]);
                    break;
                case < 8:
                    await api.SendAsync([new InfoJsonRequested { Id = id }]);
                    break;
                case 8 when pinned.Count < 2:
                    await api.PinAsync($"{id}");
                    pinned[id] = false;
                    break;
                default:
                    foreach (var pin in pinned.Keys)
                    {
                        await api.UnpinAsync($"{pin}");
                        pinned.TryRemove(pin, out _);
                    }

                    break;
            }

            foreach (var (pin, wasThere) in pinned)
            {
                var copied = (await api.FindAsync(pin))?.Copy;
                Assert.True(copied is not null || !wasThere, $"seed {seed}, step {step}: {pin} is pinned and went");
                pinned[pin] = copied is not null;
            }

            if (step == 60)
                await world.StopAsync(other);
            await Task.Delay(random.Next(40));
        }

        await over.CancelAsync();
        await watch;
        // What somebody asks for now comes, whatever has to go for it.
        foreach (var pin in pinned.Keys)
            await api.UnpinAsync($"{pin}");
        var wanted = AssetId.Parse("2/5/wanted");
        world.Put($"{wanted}", Largest);
        await api.SendAsync([new AssetIngested { Id = wanted, Source = CopyWorld.Uri($"{wanted}") }]);
        await Eventually.TrueAsync(async () => (await api.FindAsync(wanted))?.Copy is not null, $"seed {seed}: it has room");
        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from plan where dead_at is null") == 0, $"seed {seed}: all is done");
        Assert.Equal(
            await world.Worker.QueryAsync<string>("select coalesce(sum(bytes), 0) || ' ' || count(*) from copy"),
            await world.Worker.QueryAsync<string>("select used || ' ' || copies from store"));
        var rows = await world.Worker.QueryAsync<string[]>("select coalesce(array_agg(path order by path), '{}') from copy");
        Assert.Equal(rows, Directory.EnumerateFiles(Path.Combine(world.Store, "2"), "*.jp2", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(world.Store, f)).Order(StringComparer.Ordinal));
    }

    /// <summary>The budget, by the catalogue and by the disk.</summary>
    private static async Task WatchAsync(CopyWorld world, int seed, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var taken = await world.Worker.QueryAsync<long>("select used + reserved + retired from store");
            Assert.True(taken <= Budget, $"seed {seed}: {taken} bytes of {Budget}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
