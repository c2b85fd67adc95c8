using Understudy.Integration.Tests.TestKit;
using Understudy.Plans.Bulk;

namespace Understudy.Integration.Tests.Plans;

public sealed class PlanActionTests(PostgresServer postgres)
{
    private static readonly Guid Action = Guid.NewGuid();

    [Fact]
    public async Task Action_whose_worker_died_goes_on_from_its_last_slice_and_does_nothing_twice()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await BeginAsync(catalogue, plans: 25, "retry");
        await using (var first = await catalogue.Source.OpenConnectionAsync())
            Assert.True(await PlanActionFeeder.SliceAsync(first, Action, 10, CancellationToken.None));

        await using (var dying = await catalogue.Source.OpenConnectionAsync())
        {
            // It holds the action's row, and never commits.
            await using var turn = await dying.BeginTransactionAsync();
            await using var locking = new Npgsql.NpgsqlCommand($"select from plan_action where id = '{Action}' for update", dying, turn);
            await locking.ExecuteNonQueryAsync();
            await using var other = await catalogue.Source.OpenConnectionAsync();
            Assert.False(await PlanActionFeeder.SliceAsync(other, Action, 10, CancellationToken.None));
        }

        await using var second = await catalogue.Source.OpenConnectionAsync();
        Assert.True(await PlanActionFeeder.SliceAsync(second, Action, 10, CancellationToken.None));
        Assert.False(await PlanActionFeeder.SliceAsync(second, Action, 10, CancellationToken.None));
        Assert.Equal("25 25", await catalogue.AskAsync<string>("select done || ' ' || total from plan_action where ended_at is not null"));
        Assert.Equal("25 25", await catalogue.AskAsync<string>("select count(*) || ' ' || count(distinct asset_id) from history where what = 'retry asked for'"));
        Assert.Equal(0, await catalogue.AskAsync<long>("select count(*) from plan where dead_at is not null or attempts > 0"));
    }

    [Fact]
    public async Task Plan_that_dies_after_it_was_asked_for_is_no_concern_of_it()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await BeginAsync(catalogue, plans: 5, "drop");
        await catalogue.ExecuteAsync("insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, dead_at) values ('1/1/late', 1, 'present', 'copy', 2, 1, now(), clock_timestamp() + interval '1 second')");

        await using var connection = await catalogue.Source.OpenConnectionAsync();
        await PlanActionFeeder.SliceAsync(connection, Action, 10, CancellationToken.None);

        Assert.Equal("1/1/late", await catalogue.AskAsync<string>("select string_agg(asset_id, ' ') from plan"));
    }

    private static Task<int> BeginAsync(TestCatalogue catalogue, int plans, string what) => catalogue.ExecuteAsync(
        """
        insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, attempts, fault, reason, dead_at)
        select '1/1/' || i, 1, 'present', 'copy', 2, 1, now(), 8, 'failed', 'because', now() - (i / 7) * interval '1 second' from generate_series(1, @plans) i;
        insert into plan_action (id, what, force, requested_by, total) values (@action, @what, false, 'ops', @plans)
        """, new { plans, what, action = Action });
}
