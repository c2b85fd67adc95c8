using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Scavenging.Uses;

namespace Understudy.Integration.Tests.Scavenging;

public sealed class RecordedUsesTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/with, comma");
    private TestCatalogue _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await TestCatalogue.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _catalogue.DisposeAsync();

    [Fact]
    public async Task Use_of_an_asset_that_nobody_knew_has_the_size_that_it_turned_out_to_have()
    {
        await using var node = await NodeAsync();
        await node.AcceptAsync(new InfoJsonRequested { Id = Id }, new InfoJsonRequested { Id = Id }, new InfoJsonRequested { Id = Samples.Asset("never") });
        Assert.Equal([("2/5/with, comma", 2, null), ("1/1/never", 1, (long?)null)], await ReadAsync());

        var attempt = (await node.LeaseAsync()).Single(a => a.Id == Id);
        await node.SettleAsync(attempt, Samples.Copied(attempt, 1234));
        Assert.Equal([("2/5/with, comma", 2, 1234), ("1/1/never", 1, (long?)null)], await ReadAsync());

        // And keeps it when the copy goes.
        await node.AcceptAsync(new AssetDeleted { Id = Id });
        await node.SettleAsync((await node.LeaseAsync()).Single(a => a.Id == Id), new Outcome.Removed(null));
        Assert.Equal([("2/5/with, comma", 2, 1234), ("1/1/never", 1, (long?)null)], await ReadAsync());
    }

    [Fact]
    public async Task Commit_is_one_row_and_without_uses_none()
    {
        await using var node = await NodeAsync();
        await node.AcceptAsync(Samples.Ingested(Id));
        Assert.Empty(await ReadAsync());

        await node.AcceptAsync(new InfoJsonRequested { Id = Id });
        Assert.Equal("1 row, hits null: t", await _catalogue.AskAsync<string>("select count(*) || ' row, hits null: ' || case when bool_and(hits is null) then 't' end from recorded_use"));
    }

    [Fact]
    public async Task Nothing_is_recorded_where_that_is_off()
    {
        using var wake = new Wake(TimeProvider.System);
        await using (var intake = new IntakeQueue(_catalogue.Source, Node.Quick(), wake, [], new UseRecording(false), TimeProvider.System, new TestLog<IntakeQueue>()))
            await intake.AcceptAsync([new InfoJsonRequested { Id = Id }], CancellationToken.None);
        Assert.Empty(await ReadAsync());
        Assert.Equal(1, await _catalogue.AskAsync<long>("select sum(n)::bigint from worth_news"));
    }

    [Fact]
    public async Task Pages_bring_every_use_once_in_the_order_of_time_from_the_time_that_was_asked_for()
    {
        // Lone ones, several commits at one instant, and one that is larger than a page.
        await _catalogue.ExecuteAsync(
            """
            insert into recorded_use (at, assets, hits) select timestamptz '2026-11-01Z' + n / 3 * interval '1 s', array['1/1/' || n], case when n % 2 = 0 then array[n] end from generate_series(0, 8999) n;
            insert into recorded_use (at, assets) select timestamptz '2026-11-01 00:00:30Z', array_agg('1/2/' || n) from generate_series(1, 25000) n;
            """);

        var all = await new RecordedUses(_catalogue.Source).ReadAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, CancellationToken.None).ToListAsync();
        Assert.Equal(34_000, all.Count);
        Assert.Equal(34_000, all.Select(u => u.Asset).Distinct().Count());
        Assert.Equal(all.Select(u => u.At).Order(), all.Select(u => u.At));
        Assert.Equal(4500L + (4500 * 4499), all.Where(u => u.Asset.StartsWith("1/1/", StringComparison.Ordinal)).Sum(u => (long)u.Hits));

        var some = await new RecordedUses(_catalogue.Source).ReadAsync(
            new(2026, 11, 1, 0, 0, 31, TimeSpan.Zero), new(2026, 11, 1, 0, 0, 33, TimeSpan.Zero), CancellationToken.None).ToListAsync();
        Assert.Equal(Enumerable.Range(93, 6).Select(n => $"1/1/{n}"), some.Select(u => u.Asset));
    }

    private async Task<Node> NodeAsync()
    {
        var node = new Node(_catalogue);
        await node.Registry.SignOnAsync(CancellationToken.None);
        return node;
    }

    private async Task<(string, int, long?)[]> ReadAsync() =>
        [.. (await new RecordedUses(_catalogue.Source).ReadAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, CancellationToken.None).ToListAsync()).Select(u => (u.Asset, u.Hits, u.Bytes))];
}
