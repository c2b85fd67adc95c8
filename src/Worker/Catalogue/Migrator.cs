using System.Data;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Understudy.Catalogue;

/// <summary>
/// Brings the schema to this program's version: each migration in a transaction of its own together with its row in <c>schema_version</c>, one worker at a
/// time. Refuses a database whose history is not a beginning of this program's.
/// </summary>
internal sealed partial class Migrator(
    NpgsqlDataSource catalogue, IReadOnlyList<Migration> migrations, IOptions<CatalogueOptions> options, TimeProvider time, ILogger<Migrator> log)
{
    // Any number will do that nothing else in the database locks: "undrstdy" in ASCII.
    private const long AdvisoryLock = 0x756E_6472_7374_6479;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for the server while it starts, and begins again when it dies meanwhile, up to <see cref="CatalogueOptions.StartTimeout"/>.</summary>
    /// <exception cref="StartRefusedException">No server, or not a database that this program may use.</exception>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await TryMigrateAsync(cancel);
                return;
            }
            catch (NpgsqlException e) when (e.MayPass() && time.GetElapsedTime(started) < options.Value.StartTimeout)
            {
                LogWaiting(e.Message);
                await Task.Delay(Pause, time, cancel);
            }
            catch (NpgsqlException e)
            {
                var target = new NpgsqlConnectionStringBuilder(catalogue.ConnectionString);
                throw new StartRefusedException($"the catalogue's PostgreSQL ({target.Username}@{target.Host}:{target.Port}/{target.Database}) refuses: {e.Message}", e);
            }
        }
    }

    private async Task TryMigrateAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        // Another worker may be at a long migration, so no time-out. The lock goes with the session if this one dies.
        await connection.ExecuteAsync(new($"select pg_advisory_lock({AdvisoryLock})", commandTimeout: 0, cancellationToken: cancel));
        try
        {
            await connection.ExecuteAsync(new(Sql.Named("Catalogue.SchemaVersion"), cancellationToken: cancel));
            var applied = (await connection.QueryAsync<Applied>(
                new("select version, name, checksum from schema_version order by version", cancellationToken: cancel))).AsList();
            foreach (var migration in Pending(applied, migrations))
                await ApplyAsync(connection, migration, cancel);
            // Types that a migration made are unknown to what was connected before.
            await connection.ReloadTypesAsync(cancel);
        }
        finally
        {
            // Dapper would connect anew to unlock nothing.
            if (connection.State == ConnectionState.Open)
                await connection.ExecuteAsync($"select pg_advisory_unlock({AdvisoryLock})");
        }
    }

    /// <summary>What <paramref name="applied"/> lacks.</summary>
    /// <exception cref="StartRefusedException"><paramref name="applied"/> is not a beginning of <paramref name="known"/>.</exception>
    internal static IEnumerable<Migration> Pending(IReadOnlyList<Applied> applied, IReadOnlyList<Migration> known)
    {
        if (known.Where((m, i) => m.Version != i + 1).FirstOrDefault() is { } stray)
            throw new InvalidOperationException($"migrations are not numbered 1, 2, 3…: {stray}");
        if (applied.Count > known.Count)
            throw new StartRefusedException(
                $"the catalogue is at schema version {applied[^1].Version}, this program knows {known.Count}: a newer one has used it; run that one");
        foreach (var (was, now) in applied.Zip(known))
            if (was.Version != now.Version || was.Checksum != now.Checksum)
                throw new StartRefusedException(
                    $"migration {now} is not the one that the catalogue has had ({was.Version:0000}_{was.Name}, checksum {was.Checksum[..8]}, here {now.Checksum[..8]}): run the program that made it, or use an empty database");
        return known.Skip(applied.Count);
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await connection.ExecuteAsync(new(migration.Text, transaction: transaction, commandTimeout: 0, cancellationToken: cancel));
        }
        catch (PostgresException e) when (!e.MayPass())
        {
            throw new StartRefusedException($"migration {migration} fails: {e.MessageText} ({e.SqlState}, at character {e.Position})", e);
        }
        await connection.ExecuteAsync(new(
            "insert into schema_version (version, name, checksum) values (@Version, @Name, @Checksum)", migration, transaction, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        var took = time.GetElapsedTime(started);
        LogApplied(migration, took);
    }

    internal sealed record Applied(int Version, string Name, string Checksum);

    [LoggerMessage(Level = LogLevel.Information, Message = "Catalogue: applied migration {Migration} in {Took}")]
    private partial void LogApplied(Migration migration, TimeSpan took);

    [LoggerMessage(Level = LogLevel.Information, Message = "Catalogue: waiting for PostgreSQL: {Reason}")]
    private partial void LogWaiting(string reason);
}
