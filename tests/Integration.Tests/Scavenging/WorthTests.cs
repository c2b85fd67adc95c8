using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dapper;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Scavenging.Worth;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>Each number by itself; time goes by in the catalogue's rows.</summary>
public sealed class WorthTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly CopySum None = new(0, 0);
    private static readonly AssetId Id = Samples.Asset("foo", customer: 2);
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
        await _node.Registry.SignOnAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }

    [Fact]
    public async Task Uses_are_hits_where_the_copy_is_there_and_counted_by_customer_also_before_they_are_folded()
    {
        await UseAsync(Id, 3);
        await CopyAsync(Id, 1000);
        await UseAsync(Id, 2);
        await UseAsync(Samples.Asset("bar", customer: 7));

        var before = await FiguresAsync();
        await new WorthSums(_catalogue.Source).FoldAsync(CancellationToken.None);
        var after = await FiguresAsync();

        Assert.Equal((6, 2), (before.All.Uses, before.All.Hits));
        Assert.Equal([(2, 5, 2), (7, 1, 0)], before.Customers.Select(c => (c.Customer, (int)c.Figures.Uses, (int)c.Figures.Hits)));
        Assert.Equal(6, before.Days.Single().Figures.Uses);
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from worth_news"));
        Assert.Equal($"{before.All} {before.NeverUsed} {string.Join(' ', before.Customers)} {before.Days.Single()}", $"{after.All} {after.NeverUsed} {string.Join(' ', after.Customers)} {after.Days.Single()}");
    }

    [Fact]
    public async Task Copy_made_ahead_is_early_at_its_first_use_by_the_time_it_was_there_and_only_then()
    {
        await IngestAsync(Id, 1000);
        await PassAsync(TimeSpan.FromHours(3));
        Assert.Equal(new CopySum(1, 1000), (await FiguresAsync()).NeverUsed);

        await UseAsync(Id, 4);
        await UseAsync(Id);

        var view = await FiguresAsync();
        Assert.Equal((1, None, None), (view.All.Early, view.All.Late, view.NeverUsed));
        Assert.InRange(view.All.Lead!.P50Seconds, 3 * 3600 / 1.2, 3 * 3600 * 1.2);
        Assert.Equal(view.All.Lead.P50Seconds, view.All.Lead.P99Seconds);
    }

    [Fact]
    public async Task Copy_that_somebody_waited_for_is_late_and_was_used()
    {
        await UseAsync(Id);
        await CopyAsync(Id, 1000);
        await UseAsync(Id);
        await EvictAsync(Id);

        var all = (await FiguresAsync()).All;
        Assert.Equal((0, new CopySum(1, 1000), new CopySum(1, 1000), None), (all.Early, all.Late, all.Gone, all.GoneUnused));
    }

    [Fact]
    public async Task Copy_is_not_late_for_a_use_that_was_over_long_before()
    {
        await UseAsync(Id);
        await CopyAsync(Id, 1000);
        await EvictAsync(Id);
        await PassAsync(TimeSpan.FromDays(2));

        await IngestAsync(Id, 1000);

        var view = await FiguresAsync();
        Assert.Equal(new CopySum(1, 1000), view.All.Late);
        Assert.Equal(new CopySum(1, 1000), view.NeverUsed);
    }

    [Fact]
    public async Task Copies_that_go_unused_are_told_from_those_that_were_used()
    {
        await IngestAsync(Id, 1000);
        await EvictAsync(Id);
        await IngestAsync(Id, 1000);
        await UseAsync(Id);
        await EvictAsync(Id);
        // Replaced before anybody saw it, and then deleted so.
        await IngestAsync(Id, 2000);
        await IngestAsync(Id, 4000);
        await _node.AcceptAsync(new AssetDeleted { Id = Id });
        var removal = (await _node.LeaseAsync()).Single();
        await _node.SettleAsync(removal, new Outcome.Removed(null));

        var view = await FiguresAsync();
        Assert.Equal((new CopySum(4, 8000), new CopySum(4, 8000), new CopySum(3, 7000), None), (view.All.Made, view.All.Gone, view.All.GoneUnused, view.NeverUsed));
    }

    [Theory, InlineData(23, 1), InlineData(25, 0)]
    public async Task Copy_evicted_and_made_again_within_a_day_is_counted(int hours, int again)
    {
        await IngestAsync(Id, 1000);
        await EvictAsync(Id);
        await PassAsync(TimeSpan.FromHours(hours));
        await IngestAsync(Id, 1500);

        Assert.Equal(new CopySum(again, again * 1500), (await FiguresAsync()).All.CopiedAgain);
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from former_copy"));
    }

    [Fact]
    public async Task Copy_deleted_and_made_again_was_not_evicted()
    {
        await IngestAsync(Id, 1000);
        await _node.AcceptAsync(new AssetDeleted { Id = Id });
        await _node.SettleAsync((await _node.LeaseAsync()).Single(), new Outcome.Removed(null));
        await IngestAsync(Id, 1000);

        Assert.Equal(None, (await FiguresAsync()).All.CopiedAgain);
    }

    [Fact]
    public async Task Files_that_were_found_in_the_store_are_nobodys_merit()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        await _node.SettleAsync(attempt, Samples.Copied(attempt, 1000) with { Adopted = true });
        Assert.Equal(None, (await FiguresAsync()).NeverUsed);
        await UseAsync(Id);
        await EvictAsync(Id);

        var all = (await FiguresAsync()).All;
        Assert.Equal((1, None, None, 0, None), (all.Hits, all.Made, all.Gone, all.Early, all.Late));
    }

    [Fact]
    public async Task Use_that_only_the_file_shows_counts_when_it_is_found()
    {
        await IngestAsync(Id, 1000);
        await PassAsync(TimeSpan.FromHours(10));
        var used = (await _catalogue.AskAsync<DateTime>("select now() - interval '5 hours'")).ToUniversalTime();
        await SettleEvictionAsync(Id, _ => new Outcome.Kept("its file was used", used));

        var view = await FiguresAsync();
        Assert.Equal((1, 1, 1, None), (view.All.Uses, view.All.Hits, view.All.Early, view.NeverUsed));
        Assert.InRange(view.All.Lead!.P50Seconds, 5 * 3600 / 1.2, 5 * 3600 * 1.2);
        Assert.Equal([$"{Id} {used:s}"], await _catalogue.ListAsync<string>("select assets[1] || ' ' || to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') from recorded_use"));
    }

    [Fact]
    public async Task Worker_that_counts_for_a_customer_does_not_wait_for_another_that_does()
    {
        await UseAsync(Id);
        await new WorthSums(_catalogue.Source).FoldAsync(CancellationToken.None);
        await UseAsync(Id);
        await using var other = await _catalogue.Source.OpenConnectionAsync();
        await using var open = await other.BeginTransactionAsync();
        Assert.Equal(2, await other.ExecuteScalarAsync<int>("with d as (select from worth_day for update), n as (select from worth_news for update) select ((select count(*) from d) + (select count(*) from n))::int"));

        await UseAsync(Id);
        await CopyAsync(Id, 1000);

        Assert.Equal(3, (await FiguresAsync()).All.Uses);
    }

    [Fact]
    public async Task Uses_that_two_workers_bring_at_once_are_each_counted_and_first_once()
    {
        await using var other = new Node(_catalogue, "other");
        AssetId[] ids = [.. Enumerable.Range(0, 30).Select(i => Samples.Asset($"{i}", customer: 1 + (i % 3)))];
        foreach (var id in ids[..20])
            await IngestAsync(id, 1000);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            // Each of them all assets, in another order.
            await (i % 2 == 0 ? _node : other).AcceptAsync([.. ids.Skip(i % 30).Concat(ids.Take(i % 30)).Select(id => new InfoJsonRequested { Id = id })]);
            if (i % 20 == 0)
                await new WorthSums(_catalogue.Source).FoldAsync(CancellationToken.None);
        }));

        var all = (await FiguresAsync()).All;
        Assert.Equal((6000, 4000, 20), (all.Uses, all.Hits, all.Early));
    }

    [Fact]
    public async Task Metrics_show_what_was_ever_counted_and_the_leads_of_a_week()
    {
        await _catalogue.ExecuteAsync(
            """
            insert into worth_day (day, customer, what, step, n, bytes) values ('-infinity', 1, 'made', 0, 1000003, 5), (current_date, 2, 'made', 0, 4, 6), (current_date, 2, 'miss', 0, 1000009, 0),
              (current_date - 30, 1, 'early', 40, 900, 0), (current_date, 1, 'early', 7, 10, 0);
            """);
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name.StartsWith("understudy.worth", StringComparison.Ordinal)) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        using var gauges = new WorthGauges(new WorthSums(_catalogue.Source), TimeProvider.System);
        listener.Start();
        await gauges.StartAsync(CancellationToken.None);

        // Other workers of this process have such instruments as well.
        string[] expected = ["understudy.worth.copies made 1000007", "understudy.worth.bytes made 11", "understudy.worth.uses miss 1000009", $"understudy.worth.lead 0.5 {Lead.Seconds(7)}", "understudy.worth.never_used  0"];
        await Eventually.TrueAsync(
            () =>
            {
                listener.RecordObservableInstruments();
                return Task.FromResult(expected.All(seen.ContainsKey));
            },
            "they are shown");
        await gauges.StopAsync(CancellationToken.None);

        void See<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => seen[$"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")} {value}"] = 1;
    }

    [Fact]
    public async Task Many_that_fold_at_once_count_everything_once()
    {
        await _catalogue.ExecuteAsync(
            "insert into worth_news (at, customer, what, step, n, bytes) select now() - n % 3 * interval '1 day', n % 50, case n % 2 when 0 then 'hit' else 'miss' end, 0, 1, 10 from generate_series(1, 60000) n");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new WorthSums(_catalogue.Source).FoldAsync(CancellationToken.None)));

        Assert.Equal("60000 600000 0", await _catalogue.AskAsync<string>("select sum(n) || ' ' || sum(bytes) || ' ' || (select count(*) from worth_news) from worth_day"));
        Assert.Equal(150, await _catalogue.AskAsync<long>("select count(*) from worth_day"));
    }

    private Task UseAsync(AssetId id, int times = 1) => _node.AcceptAsync([.. Enumerable.Repeat(new InfoJsonRequested { Id = id }, times)]);

    private async Task IngestAsync(AssetId id, long bytes)
    {
        await _node.AcceptAsync(Samples.Ingested(id));
        await CopyAsync(id, bytes);
    }

    private async Task CopyAsync(AssetId id, long bytes)
    {
        var attempt = (await _node.LeaseAsync()).Single(a => a.Id == id);
        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, bytes)));
    }

    private Task EvictAsync(AssetId id) => SettleEvictionAsync(id, a => new Outcome.Evicted(new RetiredFile($"{a.Token}", a.Copy!.Version.Length)));

    private async Task SettleEvictionAsync(AssetId id, Func<Attempt, Outcome> outcome)
    {
        await _catalogue.ExecuteAsync("insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) select id, customer, 'absent', 'evict', 4, generation, now() from asset where id = @id", new { id = $"{id}" });
        var attempt = (await _node.Leases.TakeAsync(_node.Registry.Id, Pool.Room, [9, 9, 9, 9, 9], CancellationToken.None)).Attempts.Single();
        Assert.True(await _node.SettleAsync(attempt, outcome(attempt)));
    }

    private Task<int> PassAsync(TimeSpan time) => _catalogue.ExecuteAsync(Passing, new { time });

    private Task<WorthView> FiguresAsync() => new WorthSums(_catalogue.Source).SinceAsync(DateOnly.FromDateTime(DateTime.UnixEpoch), withNeverUsed: true, CancellationToken.None);

    /// <summary>What the catalogue knows of the past moves further into it.</summary>
    internal const string Passing = """
        update asset set used_at = used_at - @time, used_before = used_before - @time;
        update copy set copied_at = copied_at - @time;
        update plan set created_at = created_at - @time;
        update former_copy set gone_at = gone_at - @time;
        """;
}
