namespace Understudy.Overview;

internal static class OverviewServices
{
    /// <summary>What operators look at: what is going on, what was done lately, and what fills the store.</summary>
    public static IServiceCollection AddOverview(this IServiceCollection services)
    {
        services.AddSingleton<StoreUse>();
        services.AddSingleton<ThroughputMeter>();
        services.AddSingleton<Throughput>();
        services.AddHostedService(s => s.GetRequiredService<Throughput>());
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(s => s.GetRequiredService<LiveFeed>());
        return services;
    }
}
