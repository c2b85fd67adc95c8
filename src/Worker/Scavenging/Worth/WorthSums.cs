using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Scavenging.Worth;

/// <summary>What tells whether the store is worth it: counted by the statements that intake and settlements run anyway, added up here.</summary>
internal sealed class WorthSums(NpgsqlDataSource catalogue)
{
    private const int RowsAtOnce = 10_000;

    public async Task FoldAsync(CancellationToken cancel)
    {
        long folded;
        do
        {
            await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Worth.Fold"));
            command.Parameters.AddWithValue("most", RowsAtOnce);
            folded = (long)(await command.ExecuteScalarAsync(cancel))!;
        }
        while (folded == RowsAtOnce);
    }

    public async Task<WorthView> SinceAsync(DateOnly since, bool withNeverUsed, CancellationToken cancel)
    {
        var (all, days, customers) = (new Counted(), new SortedDictionary<DateOnly, Counted>(), new Dictionary<int, Counted>());
        await using (var command = catalogue.CreateCommand(Sql.Named("Scavenging.Worth.Since")))
        {
            command.Parameters.AddWithValue("since", NpgsqlDbType.Date, since);
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                var (what, step, n, bytes) = (row.GetString(2), row.GetInt16(3), row.GetInt64(4), row.GetInt64(5));
                if (row.IsDBNull(0))
                {
                    Of(customers, row.GetInt32(1)).Add(what, step, n, bytes);
                    continue;
                }

                Of(days, row.GetFieldValue<DateOnly>(0)).Add(what, step, n, bytes);
                all.Add(what, step, n, bytes);
            }
        }

        var neverUsed = withNeverUsed ? await NeverUsedAsync(cancel) : null;
        var names = await NamesAsync(cancel);
        return new WorthView(
            since,
            all.Figures(),
            neverUsed is null ? null : new CopySum(neverUsed.Values.Sum(s => s.Copies), neverUsed.Values.Sum(s => s.Bytes)),
            [
                .. customers.Keys.Union(neverUsed?.Keys ?? [])
                    .Select(c => new CustomerWorth(c, names.GetValueOrDefault(c), customers.GetValueOrDefault(c, new Counted()).Figures(), neverUsed is null ? null : neverUsed.GetValueOrDefault(c, new CopySum(0, 0))))
                    .OrderByDescending(c => c.Figures.Uses).ThenBy(c => c.Customer),
            ],
            [.. days.Select(d => new DayWorth(d.Key, d.Value.Figures()))]);
    }

    /// <summary>Reads every copy, 1.5 s a million: by customer, those that nobody has used since they were made.</summary>
    public async Task<IReadOnlyDictionary<int, CopySum>> NeverUsedAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Worth.NeverUsed"));
        command.CommandTimeout = 300;
        await using var row = await command.ExecuteReaderAsync(cancel);
        var sums = new Dictionary<int, CopySum>();
        while (await row.ReadAsync(cancel))
            sums[row.GetInt32(0)] = new CopySum(row.GetInt64(1), row.GetInt64(2));
        return sums;
    }

    /// <param name="since">From then on leads are told.</param>
    /// <returns>What was ever counted, and the leads.</returns>
    public async Task<(IReadOnlyDictionary<string, CopySum> Sums, LeadView? Lead)> TotalsAsync(DateOnly since, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Scavenging.Worth.Totals"));
        command.Parameters.AddWithValue("since", NpgsqlDbType.Date, since);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var (sums, leads) = (new Dictionary<string, CopySum>(), new List<(int, long)>());
        while (await row.ReadAsync(cancel))
        {
            var (copies, bytes) = sums.GetValueOrDefault(row.GetString(0), new CopySum(0, 0));
            sums[row.GetString(0)] = new CopySum(copies + row.GetInt64(2), bytes + row.GetInt64(3));
            if (row.GetString(0) == "early" && row.GetInt64(4) > 0)
                leads.Add((row.GetInt16(1), row.GetInt64(4)));
        }

        return (sums, Lead.Of(leads));
    }

    private async Task<IReadOnlyDictionary<int, string>> NamesAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("select customer, name from customer_name");
        await using var row = await command.ExecuteReaderAsync(cancel);
        var names = new Dictionary<int, string>();
        while (await row.ReadAsync(cancel))
            names[row.GetInt32(0)] = row.GetString(1);
        return names;
    }

    private static Counted Of<TKey>(IDictionary<TKey, Counted> counted, TKey key)
    {
        if (!counted.TryGetValue(key, out var found))
            counted[key] = found = new Counted();
        return found;
    }
}
