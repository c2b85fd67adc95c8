using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Catalogue;

public sealed class MigratorTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly Migration First = new(1, "first", "create table steps (at int); insert into steps values (1);");
    private static readonly Migration Second = new(2, "second", "insert into steps select max(at) + 1 from steps; create type mood as enum ('good');");
    private static readonly Migration Broken = new(2, "broken", "insert into steps values (2); select no_such_function();");

    private NpgsqlDataSource _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());

    [Fact]
    public async Task Migrations_run_in_order_and_once()
    {
        await MigrateAsync([First]);
        await MigrateAsync([First, Second]);
        await MigrateAsync([First, Second]);

        Assert.Equal([1, 2], await QueryAsync<int>("select at from steps order by at"));
        Assert.Equal(["first", "second"], await QueryAsync<string>("select name from schema_version order by version"));
    }

    [Fact]
    public async Task Migrators_at_the_same_time_run_each_migration_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync([First, Second])));

        Assert.Equal([1, 2], await QueryAsync<int>("select at from steps order by at"));
    }

    [Fact]
    public async Task Failing_migration_leaves_nothing_and_names_itself()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => MigrateAsync([First, Broken]));

        Assert.Contains("0002_broken", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1], await QueryAsync<int>("select at from steps"));
        await MigrateAsync([First, Second]);
    }

    [Fact]
    public async Task Changed_migration_refuses_the_start()
    {
        await MigrateAsync([First]);
        await Assert.ThrowsAsync<StartRefusedException>(() => MigrateAsync([First with { Text = "select 1" }]));
    }

    [Fact]
    public async Task Newer_database_refuses_the_start()
    {
        await MigrateAsync([First, Second]);
        await Assert.ThrowsAsync<StartRefusedException>(() => MigrateAsync([First]));
    }

    [Fact]
    public async Task Lock_is_free_again_after_a_failure()
    {
        await Assert.ThrowsAsync<StartRefusedException>(() => MigrateAsync([First, Broken]));

        Assert.Empty(await QueryAsync<int>("select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"));
    }

    [Fact]
    public async Task Database_that_is_not_there_refuses_the_start_with_one_line_and_no_password()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(_catalogue.ConnectionString) { Database = "no_such_database", Password = "s3cret" };
        await using var source = NpgsqlDataSource.Create(elsewhere);

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => MigrateAsync([First], source));

        Assert.Contains("no_such_database", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_waited_for_and_then_refuses_the_start()
    {
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody");
        var log = new TestLog<Migrator>();

        await Assert.ThrowsAsync<StartRefusedException>(() => MigrateAsync([First], source, log));

        Assert.Contains(log.Lines, l => l.Contains("waiting for PostgreSQL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_that_dies_in_the_middle_is_waited_for()
    {
        await QueryAsync<int>("create sequence tries");
        // A sequence counts on when all else is rolled back.
        var deadly = Second with { Text = $"{Second.Text} select case when nextval('tries') = 1 then pg_terminate_backend(pg_backend_pid()) end" };

        await MigrateAsync([First, deadly], patience: TimeSpan.FromMinutes(1));

        Assert.Equal([1, 2], await QueryAsync<int>("select at from steps order by at"));
    }

    private Task MigrateAsync(IReadOnlyList<Migration> migrations, NpgsqlDataSource? source = null, TestLog<Migrator>? log = null, TimeSpan? patience = null) =>
        new Migrator(source ?? _catalogue, migrations, Options.Create(new CatalogueOptions { StartTimeout = patience ?? TimeSpan.FromSeconds(1) }), TimeProvider.System, log ?? new())
            .MigrateAsync(TestContext.Current.CancellationToken);

    private async Task<IEnumerable<T>> QueryAsync<T>(string sql)
    {
        await using var connection = await _catalogue.OpenConnectionAsync();
        return await connection.QueryAsync<T>(sql);
    }

    public ValueTask DisposeAsync() => _catalogue.DisposeAsync();
}
