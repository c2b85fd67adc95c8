using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Schedules;
using Understudy.Integration.Tests.TestKit;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Warming;

/// <summary>What is used most, and warmed before the day begins.</summary>
public sealed class TopWarmingTests(PostgresServer postgres)
{
    [Fact]
    public async Task Copies_that_are_used_most_are_warmed_where_they_are_not_and_the_others_are_not()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:Versions=2", "Warming:Top=2"]);
        foreach (var i in Enumerable.Range(0, 4))
        {
            world.Copies.Put($"2/5/a{i}", FakeWarmingWorld.Small, seed: i + 1);
            world.Files.Put($"/2/5/a{i}.jp2", 512, 512);
            await world.Worker.IngestAsync(AssetId.Parse($"2/5/a{i}"), CopyWorld.Uri($"2/5/a{i}"));
        }

        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from warmth where warmed_at is not null") == 4, "warm");
        // a3 was never used, and a2 is the hottest and warm already.
        await world.Worker.QueryAsync<string>("update asset set heat = case id when '2/5/a0' then 100 when '2/5/a1' then 300 when '2/5/a2' then 400 end; update warmth set warmed_at = null, progress = null where asset_id <> '2/5/a2'");

        Assert.EndsWith("of the 2 copies that are used most has begun", await NotedRun.DoneAsync(world.Worker, "warm-top"), StringComparison.Ordinal);

        var warming = Assert.Single(await world.Api.WarmingsAsync());
        Assert.Equal(("job warm-top", 2, true), (warming.RequestedBy, warming.Total, warming.OnlyCold));
        var over = await world.OverAsync(warming.Id);
        Assert.Equal((1, 1, 0), (over.Done, over.Skipped, over.Failed));
        Assert.Equal("2/5/a1 2/5/a2", await world.Worker.QueryAsync<string>("select string_agg(asset_id, ' ' order by asset_id) from warmth where warmed_at is not null"));
    }

    [Fact]
    public async Task Nothing_is_begun_while_the_last_one_is_under_way_or_nothing_was_used()
    {
        await using var world = await FakeWarmingWorld.StartAsync(postgres, settings: ["Warming:Versions=2"]);
        Assert.Equal("no copy was used yet", await NotedRun.DoneAsync(world.Worker, "warm-top"));
        var under = await world.Worker.QueryAsync<Guid>("insert into warming (is_list, only_cold, requested_by, total, planned_at) values (true, true, 'job warm-top', 1, now()) returning id");
        await world.Worker.QueryAsync<string>("insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, warming) values ('2/5/x', 2, 'present', 'warm', 4, 1, now() + interval '1 hour', @under)", new { under });

        Assert.StartsWith($"warming {under} of ", await NotedRun.DoneAsync(world.Worker, "warm-top"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_is_there_only_where_there_are_servers_to_warm()
    {
        await using var world = await CopyWorld.StartAsync(postgres);

        Assert.DoesNotContain("warm-top", world.Worker.Services.GetServices<IJob>().Select(j => j.Name));
    }
}
