using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Catalogue;

/// <summary>A queue that grows within seconds, while the planner takes it for what it was.</summary>
public sealed class FreshStatisticsTests(PostgresServer postgres) : IAsyncLifetime
{
    private const int Many = 3_000;

    private static readonly AssetId Id = AssetId.Parse("2/5/image1");

    private static readonly Dictionary<string, Outcome> Outcomes = new Outcome[]
    {
        new Outcome.Copied(Samples.Copy(Id, 99), null, false), new Outcome.Removed(null), new Outcome.Kept("it was used", null),
        new Outcome.NotYet("later"), new Outcome.GoOn(Stages.Warm, "purged", ""), new Outcome.Purged(""), new Outcome.Failed("broken"),
    }.ToDictionary(o => o.GetType().Name);

    private TestCatalogue _catalogue = null!;
    private Node _node = null!;
    private Attempt _attempt = null!;

    public static TheoryData<string> EveryOutcome => [.. Outcomes.Keys];

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
        await _node.Registry.SignOnAsync(CancellationToken.None);
        await _catalogue.ExecuteAsync("alter table plan set (autovacuum_enabled = off)");
        // It has had plans, so it has pages; and none at the moment.
        await _node.AcceptAsync(Samples.Ingested(Id));
        await _catalogue.ExecuteAsync("delete from plan");
        await _catalogue.ExecuteAsync("analyze plan");
        await _node.AcceptAsync(Samples.Ingested(Id));
        _attempt = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync([.. Enumerable.Range(2, Many - 1).Select(i => Samples.Ingested(AssetId.Parse($"2/5/image{i}")))]);
    }

    [Fact]
    public async Task Table_that_has_grown_is_analysed_once()
    {
        using var statistics = new FreshStatistics(_catalogue.Source, TimeProvider.System, new TestLog<FreshStatistics>());
        Report();

        Assert.Contains("public.plan", await statistics.RefreshAsync(CancellationToken.None));

        Assert.Equal(Many, await _catalogue.AskAsync<float>("select reltuples from pg_class where relname = 'plan'"));
        Report();
        Assert.DoesNotContain("public.plan", await statistics.RefreshAsync(CancellationToken.None));
    }

    [Theory, MemberData(nameof(EveryOutcome))]
    public async Task Until_then_a_settlement_reads_its_own_plan_only(string outcome)
    {
        var before = await RowsReadAsync();

        Assert.True(await _node.SettleAsync(_attempt, Outcomes[outcome]));

        Assert.InRange(await RowsReadAsync() - before, 1, 50);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }

    /// <summary>A connection says what it did at its end at the latest.</summary>
    private void Report() => _catalogue.Source.Clear();

    private async Task<long> RowsReadAsync()
    {
        Report();
        return await _catalogue.AskAsync<long>("select coalesce(idx_tup_fetch, 0) + seq_tup_read from pg_stat_user_tables where relname = 'plan'");
    }
}
