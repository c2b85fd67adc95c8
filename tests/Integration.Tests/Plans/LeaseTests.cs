using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Intake;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Plans;

public sealed class LeaseTests(PostgresServer postgres) : IAsyncLifetime
{
    private const int Crowd = 1, Single = 2, Few = 3;

    private TestCatalogue _catalogue = null!;
    private Node _node = null!;
    private Node _other = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        (_node, _other) = (new Node(_catalogue, "node"), new Node(_catalogue, "other"));
        await _node.Registry.SignOnAsync(CancellationToken.None);
        await _other.Registry.SignOnAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Urgent_lanes_go_first()
    {
        foreach (var lane in new[] { Lane.Bulk, Lane.Hit, Lane.Ahead, Lane.Waiting, Lane.Ingest })
            await _node.Intake.WantAsync(Wish.Use(Samples.Asset($"{lane}"), lane), CancellationToken.None);

        var order = new List<Lane>();
        while (await _node.LeaseAsync(1, 1, 1, 1, 1) is [var attempt])
            order.Add(attempt.Ticket.Lane);

        Assert.Equal([Lane.Waiting, Lane.Hit, Lane.Ingest, Lane.Ahead, Lane.Bulk], order);
    }

    [Fact]
    public async Task Lane_is_taken_only_up_to_what_is_free_for_it_and_all_before_it()
    {
        for (var i = 0; i < 10; i++)
        {
            foreach (var lane in Enum.GetValues<Lane>())
                await _node.Intake.WantAsync(Wish.Use(Samples.Asset($"{lane}{i}"), lane), CancellationToken.None);
        }

        var taken = (await _node.LeaseAsync(30, 12, 12, 5, 0)).CountBy(a => a.Ticket.Lane).ToDictionary();

        Assert.Equal((10, 2), (taken[Lane.Waiting], taken[Lane.Hit]));
        Assert.Equal(2, taken.Count);
    }

    [Fact]
    public async Task Plans_that_are_not_due_are_left_alone()
    {
        await BulkAsync(Crowd, 5);
        await _catalogue.ExecuteAsync("update plan set due_at = now() + interval '1 hour'");

        Assert.Empty(await _node.LeaseAsync());
    }

    [Fact]
    public async Task Customers_with_little_are_in_the_first_lease_beside_one_with_a_hundred_thousand()
    {
        await BulkAsync(Crowd, 100_000);
        await BulkAsync(Single, 1);
        await BulkAsync(Few, 3);

        var first = (await _node.LeaseAsync(96, 64, 57, 51, 44)).CountBy(a => a.Ticket.Customer).ToDictionary();

        Assert.Equal((40, 1, 3), (first[Crowd], first[Single], first[Few]));
    }

    [Fact]
    public async Task Customer_with_plans_at_work_on_any_node_waits_behind_those_with_none()
    {
        await BulkAsync(Crowd, 1_000);
        Assert.Equal(44, (await _other.LeaseAsync(96, 64, 57, 51, 44)).Count);
        await BulkAsync(Single, 1);
        await BulkAsync(Few, 3);

        var first = (await _node.LeaseAsync(4, 4, 4, 4, 4)).CountBy(a => a.Ticket.Customer).ToDictionary();

        Assert.Equal((1, 3), (first[Single], first[Few]));
    }

    [Fact]
    public async Task Two_workers_at_once_never_get_the_same_plan_and_together_get_all()
    {
        await BulkAsync(Crowd, 500);
        await BulkAsync(Few, 30);

        var taken = await Task.WhenAll(TakeAllAsync(_node), TakeAllAsync(_other));

        var all = taken.SelectMany(t => t).ToList();
        Assert.Equal(530, all.Count);
        Assert.Equal(530, all.Distinct().Count());

        static async Task<List<AssetId>> TakeAllAsync(Node node)
        {
            var got = new List<AssetId>();
            while (true)
            {
                var lease = await node.Leases.TakeAsync(node.Registry.Id, Pool.Store, [7, 7, 7, 7, 7], CancellationToken.None);
                got.AddRange(lease.Attempts.Select(a => a.Id));
                if (lease is { Attempts: [], MissedSome: false })
                    return got;
            }
        }
    }

    [Fact]
    public async Task Worker_that_lost_a_race_for_a_plan_is_told_so()
    {
        await BulkAsync(Crowd, 3);
        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        await using var faster = await connection.BeginTransactionAsync();
        await new NpgsqlCommand("select from plan where asset_id like '%2' for update", connection).ExecuteNonQueryAsync();

        var during = await _node.Leases.TakeAsync(_node.Registry.Id, Pool.Store, [7, 7, 7, 7, 7], CancellationToken.None);
        await faster.CommitAsync();
        var after = await _node.Leases.TakeAsync(_node.Registry.Id, Pool.Store, [7, 7, 7, 7, 7], CancellationToken.None);

        Assert.Equal((2, true), (during.Attempts.Count, during.MissedSome));
        Assert.Equal((1, false), (after.Attempts.Count, after.MissedSome));
    }

    [Fact]
    public async Task Lease_reads_indexes_only_also_among_a_hundred_thousand_plans_and_behind_the_rows_of_finished_ones()
    {
        await BulkAsync(Crowd, 100_000);
        for (var customer = 2; customer < 50; customer++)
            await BulkAsync(customer, 1);
        await _catalogue.ExecuteAsync("analyze plan");
        var full = await ExplainAsync();

        // With a commit like a real server's: rows whose end isn't on the disk yet can't be marked as dead.
        await _catalogue.ExecuteAsync(
            """
            alter table plan set (autovacuum_enabled = false);
            set synchronous_commit = on;
            delete from plan where asset_id in (select asset_id from plan where customer = 1 order by due_at limit 50000)
            """);
        var afterMany = await ExplainAsync();
        var afterwards = await ExplainAsync();

        foreach (var (what, plan) in new[] { ("100,000 waiting", full), ("behind 50,000 dead rows", afterMany), ("once more", afterwards) })
        {
            TestContext.Current.TestOutputHelper!.WriteLine($"{what}:\n{plan}\n");
            Assert.DoesNotContain("Seq Scan on plan", plan, StringComparison.Ordinal);
        }
    }

    private async Task BulkAsync(int customer, int plans) => await _catalogue.ExecuteAsync(
        """
        insert into asset (id, customer, space, generation, source) select format('%s/1/%s', @customer, i), @customer, 1, 1, 's3://b/k' from generate_series(1, @plans) i;
        insert into plan (asset_id, customer, goal, stage, lane, generation, due_at)
        select format('%s/1/%s', @customer, i), @customer, 'present', 'copy', 4, 1, now() - interval '1 hour' + i * interval '1 millisecond' from generate_series(1, @plans) i
        """, new { customer, plans });

    private async Task<string> ExplainAsync()
    {
        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        await using var undone = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("explain (analyze, buffers) " + Sql.Named("Plans.Lease"), connection);
        command.Parameters.Add(new NpgsqlParameter<Guid>("worker", _node.Registry.Id));
        command.Parameters.Add(new NpgsqlParameter<short>("pool", (short)Pool.Store));
        command.Parameters.Add(new NpgsqlParameter<int[]>("free", [96, 64, 57, 51, 44]));
        await using var row = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
            lines.Add(row.GetString(0));
        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _other.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
