using Understudy.Cantaloupe;
using Understudy.Plans;
using Understudy.Purging.Bulk;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

internal static class PurgingServices
{
    // An attempt mostly waits for servers and for commits: the more there are, the more share an order and a commit. What reaches a target at once is
    // limited by SharedOrders and TargetHttp.
    private const int Slots = 256;

    /// <summary>The stage that has caches forget; nothing where there is no cache that could be told.</summary>
    public static IServiceCollection AddPurging(this IServiceCollection services, IConfiguration configuration)
    {
        var cantaloupe = services.AddCantaloupe(configuration);
        var purging = services.AddTargets(configuration);
        // Also without caches: what was asked for before can be looked at, and cancelled.
        services.AddSingleton<BulkPurges>();
        services.AddSingleton<TargetHealth>();
        if (!purging.HasAny && cantaloupe.Tiles.ApiUser is null && cantaloupe.Full.ApiUser is null)
            return services;

        services.AddSingleton<Purges>();
        services.AddSingleton<SharedOrders>();
        services.AddSingleton<IStage, PurgeStage>();
        services.AddSingleton(new PoolSlots(Pool.Caches, () => Slots));
        services.AddHostedService<Feeder>();
        return services;
    }
}
