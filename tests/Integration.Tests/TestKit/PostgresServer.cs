using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Catalogue.Private;
using Understudy.Integration.Tests.TestKit;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Understudy.Integration.Tests.TestKit;

/// <summary>
/// A throw-away PostgreSQL for the whole run, or the one that <c>TEST_POSTGRES</c> (a connection string) names. Without fsync: a test that wants
/// durability starts a <see cref="PrivatePostgres"/>.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Script = """
        set -eu
        folder=$(mktemp -d /tmp/understudy-test-postgres.XXXXXX)
        cleanup() { "$1/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
        trap 'cleanup "$1"' EXIT
        "$1/initdb" -D "$folder/data" -U understudy -A trust --no-locale -E UTF8 --no-sync >/dev/null
        "$1/pg_ctl" -D "$folder/data" -w -s -l "$folder/log" -o "-c listen_addresses= -c unix_socket_directories=$folder \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400" start >/dev/null || { cat "$folder/log" >&2; exit 1; }
        echo "ready $folder"
        cat >/dev/null
        """;

    private readonly List<string> _databases = [];
    private readonly Lazy<Task<string>> _migrated;
    private ChildScript? _server;
    private string _admin = "";

    public PostgresServer() => _migrated = new(MigratedAsync);

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } given)
        {
            _admin = given;
            return;
        }
        var binaries = await PostgresBinaries.FindAsync();
        var account = await PostgresAccount.FindAsync();
        _server = await ChildScript.StartAsync(account.SwitchTo, "sh", "-c", Script, "postgres", binaries.Folder);
        _admin = new NpgsqlConnectionStringBuilder { Host = _server.Ready[0], Username = "understudy", Database = "postgres", Pooling = false }.ConnectionString;
    }

    /// <summary>An empty database of the test's own.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync() => ConnectionStringOf(await CreateAsync("template1"));

    /// <summary>A catalogue of the test's own: nothing in it but the schema. Copied: to migrate each was a tenth of all tests' work.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewCatalogueAsync() => ConnectionStringOf(await CreateAsync(await _migrated.Value));

    /// <summary>Runs a statement on the server as its administrator, outside any test's database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        else
            foreach (var name in _databases)
                await ExecuteAsync($"drop database if exists {name} with (force)");
    }

    private async Task<string> MigratedAsync()
    {
        var name = await CreateAsync("template1");
        // A template may have no connections.
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionStringOf(name)) { Pooling = false });
        await new Migrator(source, Migration.Embedded, Options.Create(new CatalogueOptions()), TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        return name;
    }

    private async Task<string> CreateAsync(string template)
    {
        var name = $"test_{Guid.NewGuid():n}";
        await ExecuteAsync($"create database {name} template {template}");
        lock (_databases)
            _databases.Add(name);
        return name;
    }

    private string ConnectionStringOf(string name) =>
        new NpgsqlConnectionStringBuilder(_admin) { Database = name, Pooling = true, MaxPoolSize = 20, IncludeErrorDetail = true }.ConnectionString;
}
