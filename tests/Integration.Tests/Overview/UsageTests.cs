using Understudy.Contracts;
using Understudy.Integration.Tests.Api;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Overview;

public sealed class UsageTests(PostgresServer postgres)
{
    [Fact]
    public async Task Sums_are_those_of_the_copies_whatever_statements_came()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("USAGE_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"USAGE_SEED={seed}");
        var random = new Random(seed);
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        for (var round = 0; round < 60; round++)
        {
            var ids = Enumerable.Range(0, random.Next(1, 20)).Select(_ => $"{random.Next(1, 4)}/{random.Next(1, 4)}/{random.Next(10)}").Distinct().ToArray();
            // Several at once too, as a settlement's batch has them.
            await catalogue.ExecuteAsync(random.Next(4) switch
            {
                0 => "delete from copy where asset_id = any(@ids)",
                1 => "update copy set score = random(), bytes = bytes + (random() * 2)::int where asset_id = any(@ids)",
                2 => "with gone as (delete from copy where asset_id = @first returning 1) insert into copy (asset_id, path, bytes, source, crc32c, generation) select id, id || random(), @bytes, '', 0, 1 from unnest(@ids) id where id <> @first on conflict (asset_id) do update set bytes = excluded.bytes",
                _ => "insert into copy (asset_id, path, bytes, source, crc32c, generation) select id, id || random(), @bytes, '', 0, 1 from unnest(@ids) id on conflict (asset_id) do update set bytes = excluded.bytes",
            }, new { ids, first = ids[0], bytes = random.NextInt64(1L << 40) });

            Assert.Equal(
                await catalogue.AskAsync<string>("select string_agg(l, ' ' order by l) from (select regexp_replace(asset_id, '/[^/]*$', '') || ' ' || count(*) || ' ' || sum(bytes) as l from copy group by regexp_replace(asset_id, '/[^/]*$', '')) x"),
                await catalogue.AskAsync<string>("select string_agg(l, ' ' order by l) from (select customer || '/' || space || ' ' || copies || ' ' || bytes as l from usage where copies > 0) x"));
        }
    }

    [Fact]
    public async Task Usage_by_customer_and_by_space_tells_quota_name_and_pins()
    {
        await using var world = await ApiWorld.StartAsync(postgres, "Scavenging:Quotas:0:Customer=2", "Scavenging:Quotas:0:MaxBytes=1000");
        await world.Worker.QueryAsync<int>(
            """
            insert into copy (asset_id, path, bytes, source, crc32c, generation) values ('2/5/a', 'a', 10, '', 0, 1), ('2/5/b', 'b', 20, '', 0, 1), ('2/6/c', 'c', 5, '', 0, 1), ('3/1/d', 'd', 7, '', 0, 1);
            insert into customer_name values (2, 'museum');
            insert into pin (scope) values ('2/6');
            select 1
            """);

        var all = await world.Worker.Api.UsageAsync();
        var spaces = await world.Worker.Api.UsageAsync(customer: 2);

        Assert.Equal((4L, 42L), (all.Copies, all.Bytes));
        Assert.Equal([new UsagePart(2, null, "museum", 3, 35, 1000, false), new UsagePart(3, null, null, 1, 7, null, false)], all.Parts);
        Assert.Equal([new UsagePart(2, 5, "museum", 2, 30, null, false), new UsagePart(2, 6, "museum", 1, 5, null, true)], spaces.Parts);
        Assert.Equal((3L, 35L), (spaces.Copies, spaces.Bytes));
    }

    [Fact]
    public async Task Copies_come_the_largest_first_or_the_coldest_first_page_by_page()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        await world.Worker.QueryAsync<int>(
            """
            insert into asset (id, customer, space, generation) select '2/5/' || i, 2, 5, 1 from generate_series(1, 9) i;
            insert into copy (asset_id, path, bytes, source, crc32c, generation, score) select '2/5/' || i, i, i / 2 * 1000, '', 0, 1, case i when 1 then float8 '-infinity' else 1.0 / i end from generate_series(1, 9) i;
            insert into pin (scope) values ('2/5/7');
            select 1
            """);

        Assert.Equal("9 8 7 6 5 4 3 2 1", await NamesAsync(world, largest: true));
        Assert.Equal("1 9 8 7 6 5 4 3 2", await NamesAsync(world, largest: false));
        Assert.Equal("pinned", (await world.Worker.Api.CopiesAsync(largest: true, limit: 3)).Items[^1].Kept);
    }

    private static async Task<string> NamesAsync(ApiWorld world, bool largest)
    {
        var (names, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await world.Worker.Api.CopiesAsync(largest, after, 2);
            names.AddRange(page.Items.Select(c => c.Id.Asset));
            after = page.Next;
        }
        while (after is not null);
        return string.Join(' ', names);
    }
}
