using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Copying.Store;

namespace Understudy.Scavenging.Evicting;

/// <summary>Chooses which copies go: of customers that are over their quota first, then whatever is worth the least, and nothing that is protected.</summary>
internal sealed class Choosing(NpgsqlDataSource catalogue, StorageOptions storage, ScavengingOptions options)
{
    // A statement's worth.
    private const int Slice = 500;

    // Copies that are looked at for one choice: where most must stay, the next choice goes on behind them.
    private const int MostLooks = 20_000;

    // To show some: dashboards ask every second, and each look writes where a score is out of date.
    private const int LooksToShow = 1_000;

    /// <summary>Plans the eviction of copies of at least so many bytes, and of at least so many copies, if there are.</summary>
    /// <param name="dry">Only looks.</param>
    /// <param name="most">Ends after so many that go.</param>
    /// <param name="behind">Where the last choice ended; null: from the lowest on.</param>
    /// <returns>All that were looked at, the first to go first; and where to go on, null: nothing was left out.</returns>
    public Task<Choice> ChooseAsync(long bytes, long files, int most, bool dry, Place? behind, CancellationToken cancel) =>
        ChooseAsync(bytes, files, most, dry, behind, MostLooks, cancel);

    /// <summary>The first to go, and which of them must stay. Fewer, or none, where the lowest 1,000 stay or their scores were out of date; these are right the next time.</summary>
    public async Task<IReadOnlyList<Candidate>> NextAsync(int most, CancellationToken cancel) =>
        [.. (await ChooseAsync(bytes: long.MaxValue, files: 0, most, dry: true, behind: null, LooksToShow, cancel)).Seen.Where(c => c.Goes || c.Kept is not null).Take(most)];

    private async Task<Choice> ChooseAsync(long bytes, long files, int most, bool dry, Place? behind, int mostLooks, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var seen = new List<Candidate>();
        var first = new HashSet<string>();
        async Task<bool> TakeAsync(IReadOnlyList<string> ids)
        {
            if (ids.Count > 0)
            {
                var slice = await JudgeAsync(connection, ids, bytes, files, most, dry, cancel);
                seen.AddRange(slice);
                bytes -= slice.Where(c => c.Goes).Sum(c => c.Bytes);
                files -= slice.Count(c => c.Goes);
                most -= slice.Count(c => c.Goes);
            }

            return (bytes > 0 || files > 0) && most > 0;
        }

        if (options.Quotas.Count > 0)
        {
            var over = await OverQuotaAsync(connection, Math.Min(most, Slice), cancel);
            first.UnionWith(over);
            if (!await TakeAsync(over))
                return new(seen, null);
        }

        for (var looks = 0; looks < mostLooks; looks += Slice)
        {
            var (ids, last) = await LowestAsync(connection, behind ?? Place.Lowest, cancel);
            if (last is null)
                return new(seen, null);
            // Of the last ones only some may have been taken: the next choice looks at them again.
            if (!await TakeAsync([.. ids.Where(i => !first.Contains(i))]))
                return new(seen, most > 0 ? null : behind);
            behind = last;
        }

        return new(seen, behind);
    }

    /// <summary>Plans the eviction of one copy, if nothing protects it.</summary>
    /// <returns>null: there is no copy.</returns>
    public async Task<Candidate?> ChooseAsync(string asset, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        return (await JudgeAsync(connection, [asset], bytes: 1, files: 1, most: 1, dry: false, cancel)).SingleOrDefault();
    }

    /// <summary>Pins that are over, and what they kept, count no more.</summary>
    public async Task UnparkAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Evicting.Unpark"));
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>The next to go, and the last that was looked at; null: there is no more.</returns>
    private static async Task<(IReadOnlyList<string> Ids, Place? Last)> LowestAsync(NpgsqlConnection connection, Place behind, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql.Named("Scavenging.Lowest"), connection);
        command.Parameters.AddWithValue("after", behind.Score);
        command.Parameters.AddWithValue("after_id", behind.Asset);
        command.Parameters.AddWithValue("n", Slice);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var ids = new List<string>();
        Place? last = null;
        while (await row.ReadAsync(cancel))
        {
            var was = new Place(row.GetDouble(4), row.GetString(0));
            last = last is null || was.IsBehind(last) ? was : last;
            // What is pinned is parked at infinity.
            if (row.GetBoolean(5) && !double.IsPositiveInfinity(row.GetDouble(3)))
                ids.Add(row.GetString(0));
        }

        return (ids, last);
    }

    private async Task<IReadOnlyList<string>> OverQuotaAsync(NpgsqlConnection connection, int most, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql.Named("Scavenging.Evicting.OverQuota"), connection);
        command.Parameters.AddWithValue("customer", options.Quotas.Select(q => q.Customer).ToArray());
        command.Parameters.AddWithValue("quota", options.Quotas.Select(q => q.MaxBytes.Bytes).ToArray());
        command.Parameters.AddWithValue("n", most);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var ids = new List<string>();
        while (await row.ReadAsync(cancel))
            ids.Add(row.GetString(0));
        return ids;
    }

    private async Task<IReadOnlyList<Candidate>> JudgeAsync(NpgsqlConnection connection, IReadOnlyList<string> ids, long bytes, long files, int most, bool dry, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql.Named("Scavenging.Evicting.Choose"), connection);
        command.Parameters.AddWithValue("id", ids.ToArray());
        command.Parameters.Add(new NpgsqlParameter("bytes", NpgsqlDbType.Bigint) { Value = Math.Max(0, bytes) });
        command.Parameters.Add(new NpgsqlParameter("files", NpgsqlDbType.Bigint) { Value = Math.Max(0, files) });
        command.Parameters.AddWithValue("most", most);
        command.Parameters.AddWithValue("grace", storage.GracePeriod);
        command.Parameters.AddWithValue("dry", dry);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var candidates = new List<Candidate>();
        while (await row.ReadAsync(cancel))
        {
            candidates.Add(new Candidate(
                row.GetString(0), row.GetInt64(1), row.GetDouble(2), row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : row.GetString(5), row.GetBoolean(6)));
        }

        return candidates;
    }
}

/// <summary>What a look at the copies showed.</summary>
/// <param name="GoOn">Behind which the next look begins; null: this one saw enough, or all.</param>
internal sealed record Choice(IReadOnlyList<Candidate> Seen, Place? GoOn);

/// <summary>A place in the order of scores.</summary>
internal sealed record Place(double Score, string Asset)
{
    public static Place Lowest { get; } = new(double.NegativeInfinity, "");

    public bool IsBehind(Place other) => Score > other.Score || Score == other.Score && string.CompareOrdinal(Asset, other.Asset) > 0;
}
