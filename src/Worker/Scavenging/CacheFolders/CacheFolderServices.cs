using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Hosting.Configuration;

namespace Understudy.Scavenging.CacheFolders;

internal static class CacheFolderServices
{
    /// <summary>Cantaloupe's cache folders, if any are to be kept within a budget.</summary>
    public static IServiceCollection AddCacheFolders(this IServiceCollection services, IConfiguration configuration)
    {
        // Not strict: the section's other keys are others'.
        var options = services.AddValidatedOptions<CacheFoldersOptions>(configuration, CacheFoldersOptions.Section, strict: false);
        if (options.CacheFolders.Count > 0)
        {
            services.AddHostedService(s =>
            {
                // Its opening settles where the store is.
                s.GetRequiredService<StoreFolder>();
                return new CacheFolderCheck(options, s.GetRequiredService<StorageOptions>(), s.GetRequiredService<SourceOptions>());
            });
        }

        return services;
    }
}
