using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>A store for ten copies of the same length.</summary>
internal static class SmallStore
{
    public const int Bytes = 100_000;

    /// <summary>Ten fit; eviction begins with the tenth and ends when eight are left.</summary>
    private static readonly string[] Small = [$"Storage:MaxBytes={10 * Bytes + 1000}", "Storage:HighWaterPercent=90", "Storage:LowWaterPercent=85", "Storage:GracePeriod=00:00:00", "Storage:EvictedFor=00:00:00"];

    /// <param name="settings">Besides those of a small store.</param>
    public static async Task<CopyWorld> StartAsync(PostgresServer postgres, params string[] settings)
    {
        var world = await CopyWorld.EmptyAsync(postgres);
        await world.AddWorkerAsync([.. Small, "Publishing:InMemory=true", .. settings]);
        return world;
    }

    public static async Task<AssetId[]> FillAsync(CopyWorld world, int count, int from = 0, int customer = 2)
    {
        var ids = Enumerable.Range(from, count).Select(i => AssetId.Parse($"{customer}/5/a{i}")).ToArray();
        foreach (var (i, id) in ids.Index())
        {
            world.Put($"{id}", Bytes, seed: 100 * customer + from + i);
            await world.Worker.IngestAsync(id, CopyWorld.Uri($"{id}"));
        }

        await Eventually.TrueAsync(
            async () => await world.Worker.QueryAsync<long>("select count(*) from history where what = 'copied' and asset_id = any(@ids)", new { ids = ids.Select(i => $"{i}").ToArray() }) == count, "copied");
        return ids;
    }

    public static async Task CopiedLongAgoAsync(CopyWorld world, AssetId[] ids)
    {
        await world.Worker.QueryAsync<long>("with c as (update copy set copied_at = now() - interval '1 hour', checked_at = now() - interval '1 hour' returning 1) select count(*) from c");
        foreach (var id in ids)
        {
            var file = Path.Combine(world.Store, $"{id}.jp2");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));
            File.SetLastAccessTimeUtc(file, DateTime.UtcNow.AddHours(-2));
        }
    }

    public static async Task UseAsync(CopyWorld world, params AssetId[] ids) => await world.Worker.Api.SendAsync(ids.SelectMany(id => Enumerable.Repeat(id, 3)).Select(id => new InfoJsonRequested { Id = id }));
}
