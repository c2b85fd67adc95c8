using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;

namespace Understudy.Scavenging.Reconciling;

/// <summary>An asset whose plan is held.</summary>
/// <param name="Path">Of its copy; null: it has none.</param>
internal sealed record Held(string Id, string? Path, long Bytes);

/// <summary>Steps of a commit; a test has others do something before each.</summary>
internal enum HoldStep
{
    /// <summary>Files were compared with rows; nobody is kept from changing either.</summary>
    Hold,

    /// <summary>Plans are held; files are looked at once more.</summary>
    Look,

    /// <summary>What was seen then is written.</summary>
    Write,
}

/// <summary>One commit during which nothing else happens to some assets: in the store, or in the catalogue.</summary>
internal sealed class Holding(NpgsqlDataSource catalogue, Func<HoldStep, Task> before)
{
    // Others lock copies in other orders where they only put scores right; PostgreSQL ends one of the two then.
    private const int Tries = 5;

    /// <param name="look">At the files, of which nobody changes any now.</param>
    /// <param name="write">What that showed.</param>
    public async Task<TResult> WhileHeldAsync<TSeen, TResult>(
        Func<NpgsqlConnection, NpgsqlCommand> lockAssets,
        string[] ids,
        Func<IReadOnlyList<Held>, TSeen> look,
        Func<NpgsqlConnection, IReadOnlyList<Held>, TSeen, Task<TResult>> write,
        CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await before(HoldStep.Hold);
                await using var connection = await catalogue.OpenConnectionAsync(cancel);
                await using var commit = await connection.BeginTransactionAsync(cancel);
                await using (var command = lockAssets(connection))
                    await command.ExecuteNonQueryAsync(cancel);
                var held = await HoldAsync(connection, ids, cancel);
                await before(HoldStep.Look);
                var seen = look(held);
                await before(HoldStep.Write);
                var result = await write(connection, held, seen);
                await commit.CommitAsync(cancel);
                return result;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && tries < Tries)
            {
                // All of it was undone.
            }
        }
    }

    public static NpgsqlCommand Command(NpgsqlConnection connection, string name, string[] ids)
    {
        var command = connection.CreateCommand();
        command.CommandText = Sql.Named(name);
        command.Parameters.AddWithValue("asset_id", ids);
        return command;
    }

    public static void Add<TItem>(NpgsqlCommand command, string name, NpgsqlDbType type, IEnumerable<TItem> items, Func<TItem, object?> value) =>
        command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = items.Select(i => value(i) ?? DBNull.Value).ToArray() });

    private static async Task<IReadOnlyList<Held>> HoldAsync(NpgsqlConnection connection, string[] ids, CancellationToken cancel)
    {
        await using var command = Command(connection, "Scavenging.Reconciling.Hold", ids);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var held = new List<Held>();
        while (await row.ReadAsync(cancel))
            held.Add(new Held(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.IsDBNull(2) ? 0 : row.GetInt64(2)));
        return held;
    }
}
