using System.Text.Json;
using Npgsql;
using Understudy.Contracts;

namespace Understudy.Bench.Intake;

/// <summary>Events, one a message, and how it is told that the catalogue has them.</summary>
/// <param name="Progress">How many were committed, since the catalogue was made.</param>
/// <param name="Forget">Takes what a run left out of the catalogue; null where it left nothing but higher counts.</param>
internal sealed record MessageSet(string Name, string Title, IReadOnlyList<AssetEvent> Events, string Progress, string? Forget)
{
    public const string Hits = "hits";
    public const string Distinct = "distinct";

    /// <summary>Customer of the assets that are hit.</summary>
    private const int Hit = 7;

    /// <summary>Customer of the assets that only events speak of.</summary>
    private const int New = 8;

    private const int HitsAnAsset = 1_000;

    public IEnumerable<string> Bodies => Events.Select(e => JsonSerializer.Serialize(e, Wire.Json));

    public static IReadOnlyList<AssetId> HitAssets(int messages) =>
        [.. Enumerable.Range(1, Math.Max(1, messages / HitsAnAsset)).Select(n => AssetId.Parse($"{Hit}/1/viewed-{n:D4}"))];

    /// <summary>In turns, as viewers ask.</summary>
    public static MessageSet OfHits(int messages)
    {
        var assets = HitAssets(messages);
        return new(
            Hits,
            $"{messages:N0} hits (`InfoJsonRequested`) of {assets.Count:N0} assets that are there",
            [.. Enumerable.Range(0, messages).Select(n => new InfoJsonRequested { Id = assets[n % assets.Count] })],
            $"select coalesce(sum(hits), 0)::bigint from asset where customer = {Hit}",
            null);
    }

    /// <param name="source">Is never read: see <see cref="Workers"/>.</param>
    public static MessageSet OfDistinct(int messages, string source) => new(
        Distinct,
        $"{messages:N0} new assets (`AssetIngested`, lane `bulk`)",
        [.. Enumerable.Range(1, messages).Select(n => new AssetIngested { Id = AssetId.Parse($"{New}/1/ingested-{n:D6}"), Source = source, Lane = Lane.Bulk })],
        $"select count(*) from asset where customer = {New}",
        $"delete from plan where customer = {New}; delete from asset where customer = {New}; delete from history where asset_id >= '{New}/' and asset_id < '{New}0'");

    public async Task<long> ProgressAsync(NpgsqlDataSource catalogue, CancellationToken cancel)
    {
        await using var ask = catalogue.CreateCommand(Progress);
        return (long)(await ask.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Every run finds the same: no rows of the run before, none of its dead ones, and nothing that waits to be written.</summary>
    public async Task PrepareAsync(NpgsqlDataSource catalogue, CancellationToken cancel)
    {
        foreach (var statement in new[] { Forget, "vacuum analyze", "checkpoint" }.OfType<string>())
        {
            await using var command = catalogue.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
