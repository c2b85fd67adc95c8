using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Health;
using Understudy.Plans;
using Understudy.Scavenging.CacheFolders;
using Understudy.Scavenging.Evicting;
using Understudy.Scavenging.Reconciling;
using Understudy.Scavenging.Scrubbing;
using Understudy.Scavenging.Uses;
using Understudy.Scavenging.Worth;
using Understudy.Schedules;

namespace Understudy.Scavenging;

internal static class ScavengingServices
{
    /// <summary>What makes room: in the store, and in Cantaloupe's cache folders.</summary>
    public static IServiceCollection AddScavenging(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<ScavengingOptions>(configuration, ScavengingOptions.Section);
        services.AddSingleton(new UseRecording(options.RecordUses));
        services.AddSingleton<RecordedUses>();
        services.AddSingleton<WorthSums>();
        services.AddHostedService<WorthGauges>();
        services.AddSingleton<Choosing>();
        services.AddSingleton<Pins>();
        services.AddSingleton<IStage, EvictStage>();
        services.AddSingleton(new PoolSlots(Pool.Room, () => options.AtOnce));
        services.AddSingleton<Scavenger>();
        services.AddHostedService(s => s.GetRequiredService<Scavenger>());
        services.AddSingleton<IJob, ScavengeJob>();
        services.AddSingleton<Rot>();
        services.AddSingleton<IJob, ScrubJob>();
        services.AddSingleton<IJob, ReconcileJob>();
        services.AddReadyCheck<RoomHealthCheck>("room");
        if (options.CacheFolders.Count > 0)
        {
            services.AddHostedService(s =>
            {
                // Its opening settles where the store is.
                s.GetRequiredService<StoreFolder>();
                return new CacheFolderCheck(options, s.GetRequiredService<StorageOptions>(), s.GetRequiredService<SourceOptions>());
            });
            services.AddSingleton<IJob, CacheFolderJob>();
        }

        return services;
    }
}
