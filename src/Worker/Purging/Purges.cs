using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Plans;

namespace Understudy.Purging;

/// <summary>Purges in the catalogue.</summary>
internal sealed class Purges(NpgsqlDataSource catalogue)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <returns>null where there is nothing to purge.</returns>
    public async Task<PurgeRecord?> FindAsync(Attempt attempt, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var row = await connection.QuerySingleOrDefaultAsync<(string? Path, string[] Sources, string Targets, Guid Round, DateTime BegunAt, DateTime Now)?>(new(
            "select path, sources, targets::text, round, begun_at, clock_timestamp() from purge where asset_id = @id and done_at is null",
            new { id = attempt.Id.ToString() },
            cancellationToken: cancel));
        return row is { } found
            ? new PurgeRecord(found.Path, found.Sources, JsonSerializer.Deserialize<Dictionary<string, TargetState>>(found.Targets, Json)!, found.Round, found.BegunAt, found.Now)
            : null;
    }

    /// <returns>false: it isn't this attempt's any more, or began anew.</returns>
    public async Task<bool> SaveAsync(Attempt attempt, PurgeRecord purge, Ledger ledger, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Purging.Save"));
        command.Parameters.AddWithValue("asset_id", attempt.Id.ToString());
        command.Parameters.AddWithValue("attempt", attempt.Token);
        command.Parameters.AddWithValue("round", purge.Round);
        command.Parameters.AddWithValue("targets", JsonSerializer.Serialize(ledger.States, Json));
        command.Parameters.AddWithValue("done", ledger.IsDone);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }
}

/// <summary>A purge under way.</summary>
/// <param name="Path">Of the copy in the store, relative to its root; null where there never was one.</param>
/// <param name="Sources">URIs that the asset has or had, newest first.</param>
/// <param name="Round">The same until other bytes are to be purged.</param>
/// <param name="Now">By the catalogue's clock, which all workers go by: a settle time may begin with one and end with another.</param>
internal sealed record PurgeRecord(string? Path, IReadOnlyList<string> Sources, IReadOnlyDictionary<string, TargetState> States, Guid Round, DateTimeOffset BegunAt, DateTimeOffset Now);
