using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Catalogue.Private;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Catalogue;

public sealed class CatalogueServicesTests(PostgresServer postgres) : IDisposable
{
    private readonly TempFolder _temp = new();

    [Fact]
    public async Task Catalogue_is_there_from_the_first_hosted_service_to_the_last()
    {
        var builder = Builder();
        builder.Services.AddHostedService<Witness>();
        using var host = builder.Build();

        await host.StartAsync(TestContext.Current.CancellationToken);
        var witness = (Witness)host.Services.GetServices<IHostedService>().Single(s => s is Witness);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["start: 1", "stop: 1"], witness.Saw);
        Assert.Null(Postmaster.Find(new(new(_temp.Path))));
    }

    [Fact]
    public async Task Catalogue_stops_also_when_the_host_ran_out_of_time()
    {
        using var host = Builder().Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        await host.StopAsync(new CancellationToken(canceled: true)).ContinueWith(_ => { }, TaskScheduler.Default);
        await ((IAsyncDisposable)host).DisposeAsync();

        Assert.Null(Postmaster.Find(new(new(_temp.Path))));
    }

    [Fact]
    public async Task Given_server_is_used_and_none_is_started()
    {
        using var host = Builder(await postgres.NewDatabaseAsync()).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnection().ExecuteScalarAsync<int>("select count(*)::int from pg_tables where tablename = 'schema_version'"));
        Assert.False(Directory.Exists(new Cluster(new(_temp.Path)).Data));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Statement_that_was_prepared_while_a_table_was_empty_finds_its_rows_by_key_when_it_is_full()
    {
        using var host = Builder(await postgres.NewDatabaseAsync()).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await using var connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync("prepare by_key(text[]) as select p.lane from unnest($1) as id join plan p on p.asset_id = id");
        for (var i = 0; i < 10; i++)
            await connection.ExecuteAsync("execute by_key('{a,b}')");
        await connection.ExecuteAsync("insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) select '1/1/' || n, 1, 'present', 'copy', 4, 1, now() from generate_series(1, 20000) n");

        var plan = string.Join('\n', await connection.QueryAsync<string>("explain execute by_key('{a,b}')"));

        Assert.Contains("Index Cond: (asset_id = ", plan, StringComparison.Ordinal);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Second_worker_in_the_directory_is_refused()
    {
        var database = await postgres.NewDatabaseAsync();
        using var first = Builder(database).Build();
        await first.StartAsync(TestContext.Current.CancellationToken);

        using var second = Builder(database).Build();

        await Assert.ThrowsAsync<StartRefusedException>(() => second.StartAsync(TestContext.Current.CancellationToken));
        await first.StopAsync(TestContext.Current.CancellationToken);
    }

    private HostApplicationBuilder Builder(string? connectionString = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new(DataDirectory.Key, _temp.Path), new("ConnectionStrings:Catalogue", connectionString)]);
        builder.Services.AddCatalogue(builder.Configuration);
        return builder;
    }

    private sealed class Witness(NpgsqlDataSource catalogue) : IHostedService
    {
        public List<string> Saw { get; } = [];

        public async Task StartAsync(CancellationToken cancel) => Saw.Add($"start: {await AskAsync()}");

        public async Task StopAsync(CancellationToken cancel) => Saw.Add($"stop: {await AskAsync()}");

        private async Task<int> AskAsync()
        {
            await using var connection = await catalogue.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<int>("select 1");
        }
    }

    public void Dispose() => _temp.Dispose();
}
