using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Scavenging;
using Understudy.Scavenging.Evicting;

namespace Understudy.Overview;

/// <summary>Whose copies fill the store, and which of them are the coldest and the largest.</summary>
internal sealed class StoreUse(NpgsqlDataSource catalogue, StorageOptions storage, ScavengingOptions scavenging)
{
    private const int MostParts = 1_000;

    /// <param name="customer">null: by customer; else by its spaces.</param>
    public async Task<UsageView> ViewAsync(int? customer, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Overview.Usage"));
        command.Parameters.Add(new NpgsqlParameter("customer", NpgsqlDbType.Integer) { Value = (object?)customer ?? DBNull.Value });
        command.Parameters.AddWithValue("limit", MostParts);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var parts = new List<UsagePart>();
        var (copies, bytes) = (0L, 0L);
        while (await row.ReadAsync(cancel))
        {
            int? space = row.IsDBNull(1) ? null : row.GetInt32(1);
            var quota = space is null ? scavenging.Quotas.FirstOrDefault(q => q.Customer == row.GetInt32(0))?.MaxBytes.Bytes : null;
            parts.Add(new UsagePart(row.GetInt32(0), space, row.IsDBNull(2) ? null : row.GetString(2), row.GetInt64(3), row.GetInt64(4), quota, row.GetBoolean(5)));
            (copies, bytes) = (row.GetInt64(6), row.GetInt64(7));
        }

        return new UsageView(copies, bytes, parts);
    }

    /// <summary>When copies of <paramref name="used"/> bytes will be <paramref name="limit"/>, by how they grew in the last days.</summary>
    public async Task<DateTimeOffset?> FullAtAsync(long used, long limit, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("select at, used, now() from store_sample where at > now() - @longest order by at limit 1");
        command.Parameters.AddWithValue("longest", Forecast.Longest);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? Forecast.FullAt((row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)), (row.GetFieldValue<DateTimeOffset>(2), used), limit)
            : null;
    }

    /// <summary>A page of copies, the largest first, or else the first to go first.</summary>
    public async Task<PageView<CandidateView>> CopiesAsync(bool largest, CopyPlace? after, int limit, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named(largest ? "Overview.Largest" : "Overview.Coldest"));
        command.Parameters.Add(new NpgsqlParameter("key", largest ? NpgsqlDbType.Bigint : NpgsqlDbType.Double) { Value = after is null ? DBNull.Value : largest ? (long)after.Key : after.Key });
        command.Parameters.AddWithValue("id", after?.Asset ?? "");
        command.Parameters.AddWithValue("grace", storage.GracePeriod);
        command.Parameters.AddWithValue("limit", limit);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var copies = new List<Candidate>();
        while (await row.ReadAsync(cancel))
        {
            copies.Add(new Candidate(
                row.GetString(0), row.GetInt64(1), row.GetDouble(2), row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : row.GetString(5), Goes: false));
        }

        return new PageView<CandidateView>(
            [.. copies.Select(c => c.View())], copies.Count == limit ? $"{new CopyPlace(largest ? copies[^1].Bytes : copies[^1].Score, copies[^1].Asset)}" : null);
    }
}

/// <summary>Where a page of copies ends: a score, or bytes, of which a number of this kind holds more than any store has.</summary>
internal sealed record CopyPlace(double Key, string Asset)
{
    public static CopyPlace? Parse(string text) =>
        text.Split('~', 2) is [var key, var asset] && AssetId.TryParse(asset, out _)
        && double.TryParse(key, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) && !double.IsNaN(parsed)
            ? new CopyPlace(parsed, asset)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key:R}~{Asset}");
}
