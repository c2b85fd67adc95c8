using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Understudy.Catalogue.Private;

namespace Understudy.Catalogue;

internal static class CatalogueServices
{
    /// <summary>Call it first: what is registered after it starts when the catalogue is there, and stops before it goes.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CatalogueOptions>().Bind(configuration.GetSection(CatalogueOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => DataDirectory.From(configuration));
        services.AddSingleton(s => DataDirectoryLock.Acquire(s.GetRequiredService<DataDirectory>()));

        if (configuration.GetConnectionString(CatalogueAddress.Key) is { Length: > 0 } given)
        {
            services.AddSingleton(new CatalogueAddress(given));
        }
        else
        {
            services.AddSingleton<PrivatePostgres>();
            services.AddSingleton(s => new CatalogueAddress(s.GetRequiredService<PrivatePostgres>().ConnectionString));
        }

        services.AddSingleton(s => Connect(s.GetRequiredService<CatalogueAddress>(), s.GetRequiredService<IOptions<CatalogueOptions>>().Value, s.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(Migration.Embedded);
        services.AddSingleton<Migrator>();
        services.AddSingleton<Notifications>();
        services.AddHostedService(s =>
        {
            // Taken here where nothing else asks for it: one worker a directory, also with a PostgreSQL elsewhere.
            s.GetRequiredService<DataDirectoryLock>();
            return new CatalogueLifetime(s.GetRequiredService<Migrator>(), s.GetService<PrivatePostgres>());
        });
        services.AddHostedService(s => s.GetRequiredService<Notifications>());
        return services;
    }

    private static NpgsqlDataSource Connect(CatalogueAddress address, CatalogueOptions options, ILoggerFactory logs)
    {
        var settings = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            ApplicationName = "understudy",
            MaxAutoPrepare = 64,
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
        };
        // A unix socket doesn't know the option, and can't lose its peer unnoticed.
        if (settings.Host?.StartsWith('/') != true)
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = 15;
            settings.TcpKeepAliveInterval = 5;
        }
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, 32);
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(logs).Build();
    }
}
