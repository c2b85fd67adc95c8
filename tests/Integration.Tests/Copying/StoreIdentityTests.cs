using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

public sealed class StoreIdentityTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private NpgsqlDataSource _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await MigratedAsync();

    public async ValueTask DisposeAsync()
    {
        await _catalogue.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Store_and_catalogue_that_know_each_other_start()
    {
        await StartAsync(_catalogue, "store");
        await StartAsync(_catalogue, "store");
    }

    [Fact]
    public async Task Empty_mount_point_in_the_stores_place_refuses_the_start()
    {
        await StartAsync(_catalogue, "store");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(_catalogue, "unmounted"));
        Assert.Contains("is the volume mounted?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_catalogues_store_refuses_the_start()
    {
        await using var other = await MigratedAsync();
        await StartAsync(_catalogue, "store");
        await StartAsync(other, "another");

        await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(_catalogue, "another"));
    }

    [Fact]
    public async Task New_catalogue_takes_over_a_store_that_has_an_id()
    {
        await using var anew = await MigratedAsync();
        await StartAsync(_catalogue, "store");

        await StartAsync(anew, "store");
        await StartAsync(_catalogue, "store");
    }

    [Fact]
    public async Task Workers_that_start_together_agree_on_one_id() =>
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync(_catalogue, "store")));

    [Fact]
    public async Task Catalogue_that_dies_as_the_worker_starts_is_waited_for()
    {
        var idle = new NpgsqlConnectionStringBuilder(_catalogue.ConnectionString).Database;
        await postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{idle}'");

        await StartAsync(_catalogue, "store");
    }

    private async Task StartAsync(NpgsqlDataSource catalogue, string store)
    {
        var options = new StorageOptions { Root = Path.Combine(_folder.Path, store) };
        using var folder = StoreFolder.Open(options.Root, TimeProvider.System, NullLogger<StoreFolder>.Instance);
        await new StoreIdentity(catalogue, options, TimeProvider.System, NullLogger<StoreIdentity>.Instance).StartAsync(CancellationToken.None);
    }

    private async Task<NpgsqlDataSource> MigratedAsync()
    {
        var catalogue = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await new Migrator(catalogue, Migration.Embedded, Microsoft.Extensions.Options.Options.Create(new CatalogueOptions()), TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        return catalogue;
    }
}
