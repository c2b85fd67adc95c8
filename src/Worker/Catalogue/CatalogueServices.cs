using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Understudy.Catalogue.Private;
using Understudy.Hosting.Configuration;

namespace Understudy.Catalogue;

internal static class CatalogueServices
{
    /// <summary>Call it first: what is registered after it starts when the catalogue is there, and stops before it goes.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<CatalogueOptions>(configuration, CatalogueOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        var directory = services.AddValidatedOptions<DataDirectoryOptions>(configuration, section: "");
        services.AddSingleton(_ => DataDirectory.From(directory));
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
            return new CatalogueLifetime(s.GetRequiredService<NpgsqlDataSource>(), s.GetRequiredService<Migrator>(), s.GetService<PrivatePostgres>());
        });
        services.AddHostedService(s => s.GetRequiredService<Notifications>());
        services.AddHostedService<FreshStatistics>();
        return services;
    }

    public static NpgsqlDataSource Connect(CatalogueAddress address, CatalogueOptions options, ILoggerFactory logs)
    {
        var settings = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            ApplicationName = "understudy",
            MaxAutoPrepare = 64,
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
        };
        if (settings.Host?.StartsWith('/') != true)
        {
            // Unix sockets refuse these options, and need none.
            (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (true, 15, 5);
        }

        // A queue's statistics lie: vacuumed while it was empty, 100,000 plans later it still looks as if a sequential scan cost
        // nothing (measured: 30 ms instead of 1 ms a lease at 800 plans). Every statement here is meant for an index; and what
        // has none must not be compiled for its then monstrous cost. And a prepared statement would keep the plan that it was given while
        // the tables were small: a hash of a table of one row is a hash of 100,000 rows later (42 ms a reservation instead of 1). So each
        // execution is planned anew, by the tables' size of that moment. What is looked up by a list of ids says so for each table (= any(@asset_id)): a join
        // alone is turned round while a table passes for empty, and read whole once for each id.
        settings.Options = $"{settings.Options} -c enable_seqscan=off -c jit=off -c plan_cache_mode=force_custom_plan".TrimStart();
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, 32);
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(logs).Build();
    }
}
