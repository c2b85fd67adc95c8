using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying.Store;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging;
using Understudy.Scavenging.Evicting;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>What the next batch of work costs in a store of a million copies, beside one of ten thousand.</summary>
public sealed partial class StoreSizeTests(PostgresServer postgres) : IAsyncLifetime
{
    private const int Batch = 500;

    private TestCatalogue _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await TestCatalogue.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _catalogue.DisposeAsync();

    [Fact]
    public async Task Next_batches_cost_no_more_however_much_the_store_holds()
    {
        await KnownStore.FillAsync(_catalogue, 1, 10_000);
        var small = await MeasureAsync();
        await KnownStore.FillAsync(_catalogue, 10_001, 1_000_000);
        var large = await MeasureAsync();

        foreach (var (name, pages) in large)
            TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {small[name].Pages} pages of 10,000 copies, {pages.Pages} of 1,000,000");
        foreach (var (name, (pages, plan)) in large)
        {
            Assert.DoesNotMatch("Seq Scan on (copy|asset)", plan);
            // A level more in each index, and neighbours in the index that aren't neighbours in the table. Ten thousand rows may also be read faster without any index.
            Assert.True(pages <= Math.Max(4 * small[name].Pages, 40 * Batch), $"{name}: {small[name].Pages} pages, then {pages}:\n{plan}");
        }
    }

    [Fact]
    public async Task Showing_what_goes_next_puts_few_scores_right_however_many_are_wrong()
    {
        await KnownStore.FillAsync(_catalogue, 1, 5_000);
        await _catalogue.ExecuteAsync("update copy set score = score - 1e6");
        var choosing = new Choosing(_catalogue.Source, new StorageOptions(), new ScavengingOptions());

        await choosing.NextAsync(20, CancellationToken.None);
        Assert.Equal(1_000, await _catalogue.AskAsync<long>("select count(*) from copy where score > 0"));

        for (var looks = 1; looks < 5; looks++)
            await choosing.NextAsync(20, CancellationToken.None);
        Assert.Equal(20, (await choosing.NextAsync(20, CancellationToken.None)).Count);
    }

    /// <summary>Pages that each statement has PostgreSQL look at, and its plan.</summary>
    private async Task<Dictionary<string, (long Pages, string Plan)>> MeasureAsync()
    {
        await _catalogue.ExecuteAsync("analyze copy; analyze asset");
        var (middle, middleId) = (await _catalogue.ListAsync<(double, string)>("select score, asset_id from copy order by score, asset_id offset 5000 limit 1"))[0];
        var ids = (await _catalogue.ListAsync<string>("select asset_id from copy order by score, asset_id limit @Batch", new { Batch })).ToArray();
        var grace = TimeSpan.Zero;
        (string Name, object Parameters)[] statements =
        [
            ("Scavenging.Lowest", new { after = double.NegativeInfinity, after_id = "", n = Batch }),
            ("Scavenging.Lowest", new { after = middle, after_id = middleId, n = Batch }),
            ("Scavenging.Evicting.Choose", new { id = ids, bytes = long.MaxValue, files = 0L, most = Batch, grace, dry = false }),
            ("Scavenging.Evicting.MayGo", new { id = ids, grace }),
            ("Scavenging.Reconciling.Rows", new { after = "2/5/5", last = "2/5/9", n = Batch }),
            ("Scavenging.Reconciling.Unfit", new { id = ids }),
            ("Scavenging.Scrubbing.Oldest", new { at = DateTime.UtcNow.AddDays(-20), id = "", before = DateTime.UtcNow, most = Batch }),
            ("Overview.Coldest", new { key = (double?)null, id = "", limit = Batch, grace }),
            ("Overview.Largest", new { key = (long?)null, id = "", limit = Batch, grace }),
            ("Copying.Auditing.Next", new { after = "2/5/5", most = Batch }),
        ];
        var measured = new Dictionary<string, (long, string)>();
        foreach (var (name, parameters) in statements)
            measured[$"{name}, {measured.Count}"] = await ExplainAsync(name, parameters);
        return measured;
    }

    private async Task<(long Pages, string Plan)> ExplainAsync(string name, object parameters)
    {
        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        await using var undone = await connection.BeginTransactionAsync();
        // The second time nothing is compiled, and no hint is written on the pages.
        await ReadAsync();
        var plan = await ReadAsync();
        // A node's pages are in those of the node above it as well: the same in both stores.
        return (Pages().Matches(plan).Sum(m => long.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)), plan);

        async Task<string> ReadAsync()
        {
            await using var savepoint = new NpgsqlCommand("savepoint before", connection, undone);
            await savepoint.ExecuteNonQueryAsync();
            var lines = string.Join('\n', await connection.QueryAsync<string>("explain (analyze, buffers, costs off, timing off, summary off) " + Sql.Named(name), parameters, undone));
            await undone.RollbackAsync("before");
            var planning = lines.IndexOf("\nPlanning:", StringComparison.Ordinal);
            return planning < 0 ? lines : lines[..planning];
        }
    }

    [GeneratedRegex(@"(?:hit|read)=(\d+)")]
    private static partial Regex Pages();
}
