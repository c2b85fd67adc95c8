using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Purging;

/// <summary>Purges in the catalogue; many are read, and written, with one statement.</summary>
internal sealed class Purges : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly NpgsqlDataSource _catalogue;
    private readonly ByUrgency<AssetId, PurgeRecord?> _finds;
    private readonly ByUrgency<Step, bool> _saves;

    public Purges(NpgsqlDataSource catalogue, TimeProvider time)
    {
        _catalogue = catalogue;
        _finds = new(500, TimeSpan.FromSeconds(10), time, FindAllAsync);
        _saves = new(500, TimeSpan.FromSeconds(30), time, SaveAllAsync);
    }

    /// <returns>null where there is nothing to purge.</returns>
    public Task<PurgeRecord?> FindAsync(Attempt attempt, CancellationToken cancel) => _finds.AddAsync(attempt.Ticket.Lane, attempt.Id, cancel);

    /// <returns>false: it isn't this attempt's any more, or began anew.</returns>
    public Task<bool> SaveAsync(Attempt attempt, PurgeRecord purge, Ledger ledger, CancellationToken cancel) =>
        _saves.AddAsync(attempt.Ticket.Lane, new Step($"{attempt.Id}", attempt.Token, purge.Round, JsonSerializer.Serialize(ledger.States, Json), ledger.IsDone), cancel);

    public async ValueTask DisposeAsync()
    {
        await _finds.DisposeAsync();
        await _saves.DisposeAsync();
    }

    private async Task<IReadOnlyList<PurgeRecord?>> FindAllAsync(IReadOnlyList<AssetId> ids, CancellationToken cancel)
    {
        await using var command = _catalogue.CreateCommand(Sql.Named("Purging.Find"));
        command.Parameters.AddWithValue("id", ids.Select(i => $"{i}").Distinct().ToArray());
        await using var row = await command.ExecuteReaderAsync(cancel);
        var found = new Dictionary<string, PurgeRecord>();
        while (await row.ReadAsync(cancel))
        {
            found[row.GetString(0)] = new PurgeRecord(
                Path: row.IsDBNull(1) ? null : row.GetString(1),
                Sources: row.GetFieldValue<string[]>(2),
                States: JsonSerializer.Deserialize<Dictionary<string, TargetState>>(row.GetString(3), Json)!,
                Round: row.GetGuid(4),
                BegunAt: row.GetFieldValue<DateTimeOffset>(5),
                Now: row.GetFieldValue<DateTimeOffset>(6),
                Only: row.IsDBNull(7) ? null : row.GetFieldValue<string[]>(7),
                Warms: row.GetBoolean(8),
                IsDeleted: row.GetBoolean(9),
                CustomerName: row.IsDBNull(10) ? null : row.GetString(10));
        }

        return [.. ids.Select(i => found.GetValueOrDefault($"{i}"))];
    }

    private async Task<IReadOnlyList<bool>> SaveAllAsync(IReadOnlyList<Step> steps, CancellationToken cancel)
    {
        await using var command = _catalogue.CreateCommand(Sql.Named("Purging.Save"));
        command.Parameters.AddWithValue("asset_id", steps.Select(s => s.Asset).ToArray());
        command.Parameters.AddWithValue("attempt", steps.Select(s => s.Attempt).ToArray());
        command.Parameters.AddWithValue("round", steps.Select(s => s.Round).ToArray());
        command.Parameters.AddWithValue("targets", NpgsqlDbType.Array | NpgsqlDbType.Text, steps.Select(s => s.Targets).ToArray());
        command.Parameters.AddWithValue("done", steps.Select(s => s.Done).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancel);
        var saved = new HashSet<Guid>();
        while (await row.ReadAsync(cancel))
            saved.Add(row.GetGuid(0));
        return [.. steps.Select(s => saved.Contains(s.Attempt))];
    }

    private sealed record Step(string Asset, Guid Attempt, Guid Round, string Targets, bool Done);
}

/// <summary>A purge under way.</summary>
/// <param name="Path">Of the copy in the store, relative to its root; null where there never was one.</param>
/// <param name="Sources">URIs that the asset has or had, newest first.</param>
/// <param name="Round">The same until other bytes are to be purged.</param>
/// <param name="Now">By the catalogue's clock, which all workers go by: a settle time may begin with one and end with another.</param>
/// <param name="Only">Which targets it is for (<see cref="TargetChoice"/>); null: all.</param>
/// <param name="Warms">Whether the image servers fill their caches again afterwards.</param>
/// <param name="IsDeleted">The asset was: what is still there of it is on its way out.</param>
internal sealed record PurgeRecord(
    string? Path,
    IReadOnlyList<string> Sources,
    IReadOnlyDictionary<string, TargetState> States,
    Guid Round,
    DateTimeOffset BegunAt,
    DateTimeOffset Now,
    IReadOnlyList<string>? Only,
    bool Warms,
    bool IsDeleted,
    string? CustomerName);
