using Understudy.Catalogue;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Schedules;
using Understudy.Schedules.Retention;

namespace Understudy.Integration.Tests.Schedules;

public sealed class RetentionJobTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private TestCatalogue _catalogue = null!;

    public async ValueTask InitializeAsync() => _catalogue = await TestCatalogue.CreateAsync(postgres);

    public ValueTask DisposeAsync() => _catalogue.DisposeAsync();

    [Fact]
    public async Task Old_history_goes_wherever_it_lies_and_the_rest_stays()
    {
        // More than 512 blocks of 8 KiB, old and new side by side.
        await _catalogue.ExecuteAsync(
            "insert into history (asset_id, at, what, detail) select '1/1/' || n, @Now - make_interval(days => n % 100), 'copied', repeat('x', 500) from generate_series(1, 20000) n", new { Now });
        var blocks = await _catalogue.AskAsync<long>("select pg_relation_size('history') / 8192");
        Assert.True(blocks > 2 * RetentionJob.BlocksAtOnce, $"only {blocks} blocks");
        var notes = new List<(string?, double?)>();

        var outcome = await RunAsync(notes: notes);

        Assert.Equal(18_200, await _catalogue.AskAsync<long>("select count(*) from history"));
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from history where at < @Now - interval '90 days'", new { Now }));
        Assert.Equal(
            new JobOutcome.Done("deleted what was before 2026-08-25 12:00 UTC: 1800 lines of history, 0 runs, 0 messages, 0 bulk warmings with 0 listed assets, 0 rows of recorded uses"), outcome);
        Assert.Equal(("512", 512.0 / blocks), notes[0]);
        Assert.Equal(($"{blocks}", 1.0), notes[^1]);
    }

    [Fact]
    public async Task Run_that_was_cut_short_goes_on_at_its_block()
    {
        await _catalogue.ExecuteAsync("insert into history (asset_id, at, what, detail) select '1/1/' || n, '2020-01-01', 'copied', repeat('x', 500) from generate_series(1, 10000) n");

        await RunAsync(checkpoint: "512");

        var left = await _catalogue.AskAsync<long>("select count(*) from history");
        Assert.Equal(left, await _catalogue.AskAsync<long>("select count(*) from history where ctid < '(512,0)'::tid"));
        Assert.InRange(left, 5_000, 9_000);
        // One that can't be read is none.
        await RunAsync(checkpoint: "somewhere");
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from history"));
    }

    [Fact]
    public async Task Messages_set_aside_go_when_they_are_old_and_those_that_wait_stay()
    {
        await _catalogue.ExecuteAsync(
            """
            insert into outbox (type, asset_id, body, created_at, dead_at) select 'AssetReady', '1/1/' || n, '{}', '2020-01-01', '2020-01-02' from generate_series(1, 12000) n;
            insert into outbox (type, asset_id, body, created_at, dead_at) values ('AssetReady', '1/1/waits', '{}', '2020-01-01', null), ('AssetReady', '1/1/new', '{}', '2020-01-01', '2026-11-20');
            """);

        await RunAsync();

        Assert.Equal(["1/1/waits", "1/1/new"], await _catalogue.ListAsync<string>("select asset_id from outbox order by id"));
    }

    [Fact]
    public async Task Bulk_warmings_lose_their_lists_when_they_are_over_and_go_when_they_are_old()
    {
        await _catalogue.ExecuteAsync(
            """
            insert into warming (is_list, only_cold, requested_by, total, ended_at) values (true, false, 'old', 1, '2020-01-01'), (true, false, 'over', 1, '2026-11-20'), (true, false, 'open', 1, null);
            insert into warming_list (warming, asset_id) select w.id, '1/1/' || n from warming w, generate_series(1, 7000) n;
            """);

        await RunAsync();

        Assert.Equal(["open 7000", "over 0"], await _catalogue.ListAsync<string>("select requested_by || ' ' || (select count(*) from warming_list l where l.warming = w.id) from warming w order by 1"));
    }

    [Fact]
    public async Task Runs_of_jobs_go_but_for_the_last_of_each_and_those_under_way()
    {
        await _catalogue.ExecuteAsync(
            """
            insert into schedule_run (schedule, due_at, manual, node, started_at, ended_at, outcome)
            select 'old', '2020-01-01', false, 'node', '2020-01-01', '2020-01-01', 'done' from generate_series(1, 6000);
            insert into schedule_run (schedule, due_at, manual, node, started_at, ended_at, outcome) values
              ('new', '2020-01-01', false, 'node', '2020-01-01', '2020-01-01', 'done'), ('new', '2020-01-01', false, 'node', '2026-11-20', '2026-11-20', 'done'), ('new', '2020-01-01', false, 'node', '2020-01-01', null, null);
            """);

        await RunAsync();

        Assert.Equal(["old 6000", "new 6002", "new 6003"], await _catalogue.ListAsync<string>("select schedule || ' ' || id from schedule_run order by id"));
    }

    [Fact]
    public async Task History_is_read_by_its_blocks_and_never_whole()
    {
        await _catalogue.ExecuteAsync("insert into history (asset_id, what) select '1/1/' || n, repeat('x', 500) from generate_series(1, 20000) n; analyze history");
        var statement = Sql.Named("Schedules.Retention.History").Replace("@first", "512", StringComparison.Ordinal).Replace("@end", "1024", StringComparison.Ordinal).Replace("@before", "now()", StringComparison.Ordinal);

        var plan = string.Join('\n', await _catalogue.ListAsync<string>($"explain {statement}"));

        Assert.Contains("Tid Range Scan on history", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recorded_uses_go_when_they_are_older_than_is_said_for_them()
    {
        await _catalogue.ExecuteAsync("insert into recorded_use (at, assets) select @Now - n * interval '4 minutes', '{1/1/a}' from generate_series(1, 20000) n", new { Now });

        var outcome = await RunAsync();

        Assert.EndsWith(", 9200 rows of recorded uses", Assert.IsType<JobOutcome.Done>(outcome).Note, StringComparison.Ordinal);
        Assert.Equal(0, await _catalogue.AskAsync<long>("select count(*) from recorded_use where at < @Now - interval '30 days'", new { Now }));
        Assert.Equal(10_800, await _catalogue.AskAsync<long>("select count(*) from recorded_use"));
    }

    [Fact]
    public async Task Sums_of_old_days_become_one_and_no_total_falls()
    {
        await _catalogue.ExecuteAsync(
            "insert into worth_day (day, customer, what, step, n, bytes) select (@Now - n * interval '1 day')::date, n % 2, 'made', 0, 1, n from generate_series(0, 199) n", new { Now });

        await RunAsync();
        await RunAsync();

        Assert.Equal("200 19900", await _catalogue.AskAsync<string>("select sum(n) || ' ' || sum(bytes) from worth_day"));
        Assert.Equal(["0 54", "1 55"], await _catalogue.ListAsync<string>("select customer || ' ' || n from worth_day where day = '-infinity' order by 1"));
        Assert.Equal("2026-08-25", await _catalogue.AskAsync<string>("select min(day)::text from worth_day where day > '-infinity'"));
    }

    private Task<JobOutcome> RunAsync(string? checkpoint = null, List<(string?, double?)>? notes = null) =>
        new RetentionJob(_catalogue.Source, new ScheduleOptions(), _ => Task.FromResult(Now))
            .RunAsync(new NotingRun(notes ?? []) { Due = Now, Checkpoint = checkpoint }, CancellationToken.None);

    private sealed class NotingRun(List<(string?, double?)> notes) : JobRun
    {
        public override Task NoteAsync(string? checkpoint, string progress, double? fraction)
        {
            notes.Add((checkpoint, fraction));
            return Task.CompletedTask;
        }
    }
}
