using System.Security.Cryptography;
using Npgsql;

namespace Understudy.Integration.Tests.TestKit;

public sealed class ServersTests(PostgresServer postgres, FauxqsServer aws)
{
    [Fact]
    public async Task Postgres_gives_each_caller_an_empty_database()
    {
        var first = await postgres.NewDatabaseAsync();
        var second = await postgres.NewDatabaseAsync();

        await using var source = NpgsqlDataSource.Create(first);
        await using var create = source.CreateCommand("create table t (id int)");
        await create.ExecuteNonQueryAsync();
        await using var other = NpgsqlDataSource.Create(second);
        await using var count = other.CreateCommand("select count(*) from pg_tables where schemaname = 'public'");

        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_000, true)]
    [InlineData((8 << 20) + 1, false)]
    public async Task Emulator_returns_the_bytes_that_were_put(int length, bool inParts)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var bucket = await aws.NewBucketAsync();

        var tag = await aws.PutAsync(bucket, "2/5/a picture.jp2", bytes, inParts);

        using var got = await aws.S3.GetObjectAsync(bucket, "2/5/a picture.jp2");
        Assert.Equal(tag, got.ETag);
        Assert.Equal(SHA256.HashData(bytes), await SHA256.HashDataAsync(got.ResponseStream));
    }
}
