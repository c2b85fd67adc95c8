using System.Runtime.CompilerServices;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Dlcs;

/// <summary>Reads DLCS's own database, and never writes to it.</summary>
internal sealed class DlcsDatabase(string connectionString, ILoggerFactory logs) : IAsyncDisposable
{
    private const int PageSize = 1000;

    private readonly NpgsqlDataSource _database = Connect(connectionString, logs);

    /// <returns>null where DLCS has no such asset.</returns>
    public async Task<DlcsImage?> FindAsync(AssetId id, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(Sql.Named("Dlcs.Image"));
        command.Parameters.Add(new NpgsqlParameter<string>("id", id.ToString()));
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new DlcsImage(
                Ingesting: row.GetBoolean(0),
                Finished: row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1),
                Error: row.GetString(2),
                S3: row.GetString(3),
                IsForDelivery: row.GetBoolean(4))
            : null;
    }

    /// <returns>Those that DLCS has.</returns>
    public async Task<IReadOnlySet<AssetId>> ExistingAsync(IReadOnlyCollection<AssetId> ids, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("""select "Id" from "Images" where "Id" = any(@ids)""");
        command.Parameters.Add(new NpgsqlParameter<string[]>("ids", [.. ids.Select(id => id.ToString())]));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var existing = new HashSet<AssetId>();
        while (await row.ReadAsync(cancel))
            existing.Add(AssetId.Parse(row.GetString(0)));
        return existing;
    }

    /// <summary>A batch's assets that are worth having a copy of, however many; a page of them at a time is held.</summary>
    public async IAsyncEnumerable<DlcsSource> BatchAsync(int customer, int batch, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var after = ""; ;)
        {
            var page = await PageAsync(customer, batch, after, cancel);
            foreach (var (text, s3) in page)
            {
                // An id that isn't one can't be told of by any event either.
                if (AssetId.TryParse(text, out var id))
                    yield return new DlcsSource(id, s3);
            }

            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }

    /// <exception cref="NpgsqlException">It doesn't answer.</exception>
    public async Task PingAsync(CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("""select from "Images" limit 1""");
        await command.ExecuteNonQueryAsync(cancel);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<List<(string Id, string S3)>> PageAsync(int customer, int batch, string after, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(Sql.Named("Dlcs.Batch"));
        command.Parameters.Add(new NpgsqlParameter<int>("customer", customer));
        command.Parameters.Add(new NpgsqlParameter<int>("batch", batch));
        command.Parameters.Add(new NpgsqlParameter<string>("after", after));
        command.Parameters.Add(new NpgsqlParameter<int>("limit", PageSize));
        await using var row = await command.ExecuteReaderAsync(cancel);
        var page = new List<(string, string)>();
        while (await row.ReadAsync(cancel))
            page.Add((row.GetString(0), row.GetString(1)));
        return page;
    }

    private static NpgsqlDataSource Connect(string connectionString, ILoggerFactory logs)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "understudy",
            CommandTimeout = 10,
            // So that a time without a zone, which some of its columns have had, is the same time.
            Timezone = "UTC",
        };
        // Others live from this database; and it must not be written to whatever its user may do.
        (settings.MaxPoolSize, settings.Timeout) = (Math.Min(settings.MaxPoolSize, 8), Math.Min(settings.Timeout, 10));
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        settings.Options = $"{settings.Options} -c default_transaction_read_only=on".TrimStart();
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(logs).Build();
    }
}
