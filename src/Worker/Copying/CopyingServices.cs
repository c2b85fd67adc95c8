using Understudy.Catalogue;
using Understudy.Copying.Auditing;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Health;
using Understudy.Plans;
using Understudy.Schedules;

namespace Understudy.Copying;

internal static class CopyingServices
{
    /// <summary>The stages that bring files into the store and take them out of it.</summary>
    public static IServiceCollection AddCopying(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<CopyOptions>(configuration, CopyOptions.Section);
        services.AddValidatedOptions<FlowOptions>(configuration, FlowOptions.Section);
        services.AddStore(configuration);
        services.AddSources(configuration);
        services.AddSingleton(s =>
        {
            var gate = new FetchGate(s.GetRequiredService<FlowOptions>(), s.GetRequiredService<TimeProvider>());
            FlowMetrics.Observe(Telemetry.Meter, gate);
            return gate;
        });
        services.AddSingleton<Bandwidth>();
        services.AddSingleton<SourceReader>();
        services.AddSingleton<Opening>();
        services.AddSingleton<PartFetcher>();
        services.AddSingleton<Transfer>();
        services.AddSingleton<Verification>();
        services.AddSingleton<Reservations>();
        services.AddSingleton<IStage, CopyStage>();
        services.AddSingleton<IStage, RemoveStage>();
        services.AddReadyCheck<StoreHealthCheck>("store");
        services.AddHostedService(s =>
        {
            s.GetRequiredService<StoreFolder>();
            return ActivatorUtilities.CreateInstance<StoreIdentity>(s);
        });
        services.AddSingleton<Sweep>();
        services.AddHostedService(s => s.GetRequiredService<Sweep>());
        services.AddJob<SweepJob>(SweepJob.JobName);
        services.AddSingleton<Findings>();
        services.AddJob<AuditJob>(AuditJob.JobName);
        return services;
    }

    private static void AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<StorageOptions>(configuration, StorageOptions.Section);
        services.AddSingleton(s =>
        {
            options.Root = Path.GetFullPath(options.Root ?? s.GetRequiredService<DataDirectory>().File("store"));
            return StoreFolder.Open(options.Root, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<StoreFolder>>());
        });
        services.AddSingleton(s =>
        {
            s.GetRequiredService<StoreFolder>();
            return PathTemplate.TryCreate(options.PathTemplate, options.Root!, out var template, out var error)
                ? template
                : throw new StartRefusedException($"Storage:PathTemplate {error}");
        });
    }

    private static void AddSources(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<SourceOptions>(configuration, SourceOptions.Section);
        services.AddSingleton<S3Access>();
        services.AddSingleton<SourceFinder>();
    }
}
