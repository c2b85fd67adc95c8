using Understudy.Cantaloupe;
using Understudy.Hosting.Configuration;
using Understudy.Plans;
using Understudy.Schedules;
using Understudy.Warming.Bulk;
using Understudy.Warming.TopWarming;

namespace Understudy.Warming;

internal static class WarmingServices
{
    /// <summary>The stage that fills the image servers' caches; nothing where no image server is named.</summary>
    public static IServiceCollection AddWarming(this IServiceCollection services, IConfiguration configuration)
    {
        var cantaloupe = services.AddCantaloupe(configuration);
        services.AddValidatedOptions<WarmingOptions>(configuration, WarmingOptions.Section);
        // Also without image servers: what was asked for before can be looked at, and cancelled.
        services.AddSingleton<BulkWarmings>();
        if (!cantaloupe.Tiles.IsConfigured)
            return services;

        services.AddSingleton<ImageServers>();
        services.AddSingleton<ImageClient>();
        services.AddSingleton<SmallPictures>();
        services.AddSingleton<Questions>();
        services.AddSingleton<Survey>();
        services.AddSingleton<Warmths>();
        services.AddSingleton<IStage, WarmStage>();
        services.AddSingleton(s => new PoolSlots(Pool.ImageServers, () =>
        {
            var servers = s.GetRequiredService<ImageServers>();
            servers.ShareWith(s.GetRequiredService<WorkerRegistry>().Living);
            return servers.Slots;
        }));
        services.AddHostedService<Feeder>();
        services.AddJob<TopWarmingJob>(TopWarmingJob.JobName);
        return services;
    }
}
