using Microsoft.Extensions.DependencyInjection.Extensions;
using Understudy.Cantaloupe;
using Understudy.Hosting.Configuration;
using Understudy.Purging.Targets.Nodes;
using Understudy.Warming;

namespace Understudy.Purging.Targets;

internal static class TargetServices
{
    /// <summary>Whatever there is to purge, as <see cref="PurgeTargets"/>. Needs what AddAws, AddCopying and AddWarming add.</summary>
    public static PurgingOptions AddTargets(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<PurgingOptions>(configuration, PurgingOptions.Section);
        services.TryAddSingleton<ImageClient>();
        services.AddSingleton<TargetHttp>();
        services.AddSingleton<Inspection>();
        services.AddSingleton<NodeDirectories>();
        services.AddSingleton<PurgeTargets>();
        services.AddHostedService(s =>
        {
            var directories = s.GetRequiredService<NodeDirectories>();
            return new NodeWatch([directories.Tiles, directories.Full], s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<NodeWatch>>());
        });
        return options;
    }
}
