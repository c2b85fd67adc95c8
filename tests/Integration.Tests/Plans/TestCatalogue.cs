using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Plans;

/// <summary>A catalogue of the test's own on the real server, with the schema in it, and plain questions to it.</summary>
internal sealed class TestCatalogue : IAsyncDisposable
{
    private TestCatalogue(string connectionString) =>
        (ConnectionString, Source) = (connectionString, CatalogueServices.Connect(new CatalogueAddress(connectionString), new CatalogueOptions(), NullLoggerFactory.Instance));

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public AssetViews Views => new(Source);

    public static async Task<TestCatalogue> CreateAsync(PostgresServer postgres) => new(await postgres.NewCatalogueAsync());

    /// <summary>Asks again where a test has cut the connection that the pool gives out.</summary>
    public async Task<T> AskAsync<T>(string sql, object? parameters = null)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var connection = await Source.OpenConnectionAsync();
                return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
            }
            catch (NpgsqlException cut) when (cut.MayPass() && tries < 10)
            {
            }
        }
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync();
        // A million rows take a while beside other tests.
        return await connection.ExecuteAsync(sql, parameters, commandTimeout: 300);
    }

    public async Task<AssetView> ViewAsync(AssetId id) =>
        await Views.FindAsync(id, CancellationToken.None) ?? throw new InvalidOperationException($"{id} is not in the catalogue");

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
