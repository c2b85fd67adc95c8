using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>Which copies go next.</summary>
public sealed class LowestTests(PostgresServer postgres) : IAsyncLifetime
{
    private TestCatalogue _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await TestCatalogue.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _catalogue.DisposeAsync();

    [Fact]
    public async Task Pages_are_the_true_order_of_all_copies_though_most_scores_are_out_of_date()
    {
        await KnownStore.FillAsync(_catalogue, 1, 5_000);
        // Two thirds were used since they were copied.
        await _catalogue.ExecuteAsync("update asset set heat = heat_after(heat, now(), 1 + length(id) % 3) where hashtext(id) % 3 <> 0");
        var truth = await _catalogue.ListAsync<string>(
            "select c.asset_id from copy c join asset a on a.id = c.asset_id order by keep_score(a.heat, c.copied_at, c.bytes), c.asset_id");

        var (found, last) = (new List<string>(), (Score: double.NegativeInfinity, Id: ""));
        while (true)
        {
            var page = await LowestAsync(last.Score, last.Id, 700);
            found.AddRange(page.Where(c => c.IsNext).Select(c => c.AssetId));
            if (page.Count < 700)
                break;
            last = page.Select(c => (c.Was, c.AssetId)).Max();
        }

        Assert.Equal(truth, found);
        Assert.Equal(0, await _catalogue.AskAsync<int>(
            "select count(*)::int from copy c join asset a on a.id = c.asset_id where abs(c.score - keep_score(a.heat, c.copied_at, c.bytes)) > 1e-9"));
    }

    [Fact]
    public async Task Copy_that_is_being_settled_is_left_out_and_not_waited_for()
    {
        await KnownStore.FillAsync(_catalogue, 1, 20);
        var first = (await LowestAsync(double.NegativeInfinity, "", 5))[0].AssetId;
        await using var settling = await _catalogue.Source.OpenConnectionAsync();
        await using var transaction = await settling.BeginTransactionAsync();
        await settling.ExecuteAsync("select from copy where asset_id = @first for update", new { first });

        var found = await LowestAsync(double.NegativeInfinity, "", 5);

        Assert.Equal(5, found.Count);
        Assert.DoesNotContain(first, found.Select(c => c.AssetId));
    }

    private Task<IReadOnlyList<(string AssetId, long Bytes, DateTime CopiedAt, double Score, double Was, bool IsNext)>> LowestAsync(double after, string afterId, int n) =>
        _catalogue.ListAsync<(string, long, DateTime, double, double, bool)>(Sql.Named("Scavenging.Lowest"), new { after, after_id = afterId, n });
}
