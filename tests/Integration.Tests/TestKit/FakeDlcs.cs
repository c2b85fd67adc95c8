using Dapper;
using Npgsql;
using Understudy.Contracts;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>DLCS's database: the three tables that Understudy reads, with the columns that it reads.</summary>
internal sealed class FakeDlcs : IAsyncDisposable
{
    private readonly PostgresServer _postgres;
    private readonly NpgsqlDataSource _database;

    private FakeDlcs(PostgresServer postgres, string connectionString) =>
        (_postgres, ConnectionString, _database) = (postgres, connectionString, NpgsqlDataSource.Create(connectionString));

    public string ConnectionString { get; }

    public static async Task<FakeDlcs> CreateAsync(PostgresServer postgres)
    {
        var dlcs = new FakeDlcs(postgres, await postgres.NewDatabaseAsync());
        await dlcs.ExecuteAsync("""
            create table "Images" ("Id" varchar(500) primary key, "Customer" int not null, "Space" int not null, "Batch" int,
                "Ingesting" boolean not null, "Finished" timestamptz, "Error" varchar(1000), "NotForDelivery" boolean not null);
            create table "ImageLocation" ("Id" varchar(500) primary key, "S3" varchar(500) not null, "Nas" varchar(500) not null default '');
            create table "ImageDeliveryChannels" ("Id" serial primary key, "ImageId" varchar(500) not null, "Channel" text not null, "DeliveryChannelPolicyId" int not null default 1);
            """);
        return dlcs;
    }

    /// <summary>The asset's row is so from now on, whatever it was.</summary>
    public Task PutAsync(
        AssetId id, bool ingesting = false, DateTimeOffset? finished = null, string? s3 = null, string? error = null, bool notForDelivery = false,
        string channel = "iiif-img", int? batch = null) =>
        ExecuteAsync(
            """
            delete from "Images" where "Id" = @Id;
            delete from "ImageLocation" where "Id" = @Id;
            delete from "ImageDeliveryChannels" where "ImageId" = @Id;
            insert into "Images" values (@Id, @Customer, @Space, @batch, @ingesting, @finished, @error, @notForDelivery);
            insert into "ImageLocation" select @Id, @s3 where @s3 is not null;
            insert into "ImageDeliveryChannels" ("ImageId", "Channel") values (@Id, @channel);
            """,
            new { Id = id.ToString(), id.Customer, id.Space, batch, ingesting, finished, error, notForDelivery, s3, channel });

    public Task DeleteAsync(AssetId id) => ExecuteAsync("""delete from "Images" where "Id" = @Id""", new { Id = id.ToString() });

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Nobody gets in, and whoever is in is thrown out.</summary>
    public async Task GoAwayAsync()
    {
        await _postgres.ExecuteAsync($"alter database {_database.Database()} with allow_connections false");
        await _postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_database.Database()}'");
        _database.Clear();
    }

    public Task ComeBackAsync() => _postgres.ExecuteAsync($"alter database {_database.Database()} with allow_connections true");

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}

file static class Names
{
    public static string Database(this NpgsqlDataSource source) => new NpgsqlConnectionStringBuilder(source.ConnectionString).Database!;
}
