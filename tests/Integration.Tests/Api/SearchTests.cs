using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

/// <summary>Assets by what their ids begin with, and one copy's eviction.</summary>
public sealed class SearchTests(PostgresServer postgres)
{
    [Fact]
    public async Task Assets_are_found_by_what_their_ids_begin_with()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        string[] ids = ["2/5/foo", "2/5/foo%bar", "2/5/Foo", "2/5/föö", "2/50/foo", "20/5/foo", "3/1/a"];
        await world.Worker.QueryAsync<int>(
            "insert into asset (id, customer, space, generation) select i, split_part(i, '/', 1)::int, split_part(i, '/', 2)::int, 1 from unnest(@ids) i; insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, dead_at) values ('2/5/foo', 2, 'present', 'copy', 1, 1, now(), now()) returning 1", new { ids });

        foreach (var (query, customer, space, found) in new (string?, int?, int?, string)[]
        {
            ("2/5/foo", null, null, "2/5/foo 2/5/foo%bar"), ("2/5/", null, null, "2/5/Foo 2/5/foo 2/5/foo%bar 2/5/föö"), ("2/5", null, null, "2/5/Foo 2/5/foo 2/5/foo%bar 2/5/föö 2/50/foo"),
            ("2", null, null, "2/5/Foo 2/5/foo 2/5/foo%bar 2/5/föö 2/50/foo 20/5/foo"), ("foo%", 2, 5, "2/5/foo%bar"), ("f", 2, 5, "2/5/foo 2/5/foo%bar 2/5/föö"), ("2/5/fo", 2, null, "2/5/foo 2/5/foo%bar"),
            ("3/", 2, null, ""), (null, 2, 50, "2/50/foo"), (null, 2, null, "2/5/Foo 2/5/foo 2/5/foo%bar 2/5/föö 2/50/foo"), ("9", null, null, ""), ("_", 2, 5, ""),
        })
        {
            var page = await world.Worker.Api.ListAsync(customer, space, query: query);
            Assert.Equal((query, found), (query, string.Join(' ', page.Items.Select(i => i.Id))));
        }

        Assert.Equal("2/5/foo", Assert.Single((await world.Worker.Api.ListAsync(state: AssetState.Dead, query: "2/5/f")).Items).Id.ToString());
        Assert.Equal("2/5/foo%bar", (await world.Worker.Api.ListAsync(query: "2/5/foo", after: "2/5/foo", limit: 1)).Items[0].Id.ToString());
        Assert.Contains("beginning of an id", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/v1/assets?q=foo"), StringComparison.Ordinal);
        Assert.Contains("beginning of an id", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/v1/assets?q=5&customer=2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_without_what_is_looked_for_says_where_to_go_on()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        await world.Worker.QueryAsync<int>(
            """
            insert into asset (id, customer, space, generation) select '2/5/' || lpad(i::text, 6, '0'), 2, 5, 1 from generate_series(1, 5000) i;
            insert into copy (asset_id, path, bytes, source, crc32c, generation) values ('2/5/004500', 'a', 1, '', 0, 1);
            select 1
            """);

        var (pages, found, after) = (0, new List<AssetSummary>(), (string?)null);
        do
        {
            var page = await world.Worker.Api.ListAsync(state: AssetState.Present, after: after);
            found.AddRange(page.Items);
            (after, pages) = (page.Next, pages + 1);
        }
        while (after is not null);

        Assert.Equal("2/5/004500", Assert.Single(found).Id.ToString());
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Copy_is_evicted_when_asked_for_unless_it_is_pinned_or_there_is_none()
    {
        await using var world = await ApiWorld.StartAsync(postgres, "Storage:GracePeriod=00:00:00", "Storage:EvictedFor=00:00:00");
        var (id, source) = world.NewAsset();
        await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"/api/v1/assets/{id}/evict");
        await world.Worker.CopyAsync(id, source);
        await world.Worker.Api.PinAsync($"{id}");
        Assert.Contains("is pinned", await world.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/v1/assets/{id}/evict"), StringComparison.Ordinal);
        await world.Worker.Api.UnpinAsync($"{id}");

        await world.Worker.Api.EvictAsync(id);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.FindAsync(id))!.State == AssetState.Absent, "evicted");
        Assert.False(File.Exists(world.PathOf(id)));
    }

    [Fact]
    public async Task Copy_in_its_grace_period_or_with_a_plan_stays()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        var (id, source) = world.NewAsset();
        await world.Worker.CopyAsync(id, source);

        Assert.Contains("GracePeriod", await world.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/v1/assets/{id}/evict"), StringComparison.Ordinal);
        await world.Worker.QueryAsync<int>("update copy set copied_at = now() - interval '1 hour'; insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) values (@id, 7, 'present', 'copy', 1, 1, '2100-01-01') returning 1", new { id = $"{id}" });
        Assert.Contains("has a plan", await world.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/v1/assets/{id}/evict"), StringComparison.Ordinal);
    }
}
