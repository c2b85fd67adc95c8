using Understudy.Catalogue;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Health;
using Understudy.Plans.Bulk;
using Understudy.Plans.Lists;

namespace Understudy.Plans;

internal static class PlanServices
{
    public static IServiceCollection AddPlans(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<PlanOptions>(configuration, PlanOptions.Section);
        // What drains needs the catalogue, which stops last.
        services.PostConfigure<HostOptions>(host => host.ShutdownTimeout += options.DrainTime);
        services.AddSingleton(s => new NodeIdentity($"{Environment.MachineName}:{s.GetRequiredService<DataDirectoryLock>().NodeKey:N}"));
        services.AddSingleton(new PoolSlots(Pool.Store, () => options.Slots));
        services.AddSingleton<Leases>();
        services.AddSingleton<Settlements>();
        services.AddSingleton<WorkerRegistry>();
        services.AddSingleton<RunningAttempts>();
        services.AddSingleton<AssetViews>();
        services.AddSingleton<Waiters>();
        services.AddSingleton<Wake>();
        services.AddSingleton<RightOfWay>();
        services.AddSingleton<RoomWanted>();
        services.AddSingleton<Retries>();
        services.AddSingleton<WorkerViews>();
        services.AddSingleton<PlanCounts>();
        services.AddSingleton<PlanLists>();
        services.AddSingleton<PlanActions>();
        services.AddSingleton<PlanActionFeeder>();
        services.AddHostedService(s => s.GetRequiredService<PlanActionFeeder>());
        services.AddReadyCheck<CatalogueHealthCheck>("catalogue");
        services.AddHostedService<CatalogueGauges>();
        services.AddHostedService<PlanNews>();
        services.AddHostedService<PlanRunner>();
        return services;
    }
}
