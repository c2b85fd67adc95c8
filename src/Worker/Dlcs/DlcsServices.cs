using Microsoft.Extensions.Diagnostics.HealthChecks;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Health;
using Understudy.Plans;

namespace Understudy.Dlcs;

internal static class DlcsServices
{
    /// <summary>The stage that waits for announced ingests, and DLCS's database, where it is known.</summary>
    public static IServiceCollection AddDlcs(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<DlcsOptions>(configuration, DlcsOptions.Section);
        if (options.Database is { Length: > 0 } database)
        {
            services.AddSingleton(s => new DlcsDatabase(database, s.GetRequiredService<ILoggerFactory>()));
            services.AddSingleton<IIngestWatch, DatabaseWatch>();
            services.AddHealthChecks().AddCheck<DlcsHealthCheck>("dlcs", HealthStatus.Degraded, [HealthEndpoints.Ready], TimeSpan.FromSeconds(3));
        }
        else
        {
            services.AddSingleton<IIngestWatch, SourceWatch>();
        }

        services.AddSingleton<IStage, AwaitStage>();
        return services;
    }
}
