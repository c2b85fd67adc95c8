using Npgsql;
using Understudy.Catalogue.Private;

namespace Understudy.Catalogue;

/// <summary>
/// The catalogue is there before any hosted service starts, and until the last one has stopped: the host calls every StartingAsync before the first
/// StartAsync, and StoppedAsync after the last StopAsync.
/// </summary>
internal sealed class CatalogueLifetime(NpgsqlDataSource catalogue, Migrator migrator, PrivatePostgres? postgres) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancel)
    {
        if (postgres is not null)
            await postgres.StartAsync(cancel);
        await migrator.MigrateAsync(cancel);
    }

    public async Task StoppedAsync(CancellationToken cancel)
    {
        if (postgres is null)
            return;
        // Idle connections would find the server gone when the pool says goodbye, and log it as errors.
        catalogue.Clear();
        await postgres.StopAsync();
    }

    public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
}
