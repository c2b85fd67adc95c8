using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Schedules;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Scavenging.Evicting;
using Understudy.Schedules;
using static Understudy.Integration.Tests.Scavenging.SmallStore;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>A store that fills: what goes, and what stays.</summary>
public sealed class EvictingTests(PostgresServer postgres)
{
    [Fact]
    public async Task Store_over_its_high_water_mark_is_brought_to_the_low_one_by_what_is_worth_the_least()
    {
        await using var world = await StartAsync(postgres);
        var ids = await FillAsync(world, 9);
        await UseAsync(world, ids[0], ids[1]);
        await FillAsync(world, 1, from: 9);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()).Copies == 8, "eight are left");

        Assert.Equal(AssetState.Present, (await world.Worker.Api.FindAsync(ids[0]))!.State);
        Assert.Equal(AssetState.Present, (await world.Worker.Api.FindAsync(ids[1]))!.State);
        var gone = (await world.Worker.Api.ListAsync(state: AssetState.Absent)).Items;
        Assert.Equal(2, gone.Count);
        Assert.All(gone, a => Assert.False(File.Exists(Path.Combine(world.Store, $"{a.Id}.jp2"))));
        Assert.Equal("evicted", (await world.Worker.Api.FindAsync(gone[0].Id))!.History[0].What);
        var told = await world.Worker.QueryAsync<string>("select count(*) || ' ' || string_agg(distinct body->>'reason', ',') from outbox where type = 'AssetEvicted'");
        Assert.True(told is null or "2 evicted", told);
    }

    [Fact]
    public async Task File_that_was_read_without_a_word_stays_and_the_catalogue_learns()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        var ids = await FillAsync(world, 10);
        var first = (await world.Worker.Api.ScavengeAsync(dryRun: true)).First.First(c => c.Kept is null).Id;
        var used = DateTime.UtcNow.AddMinutes(-1);
        await CopiedLongAgoAsync(world, ids);
        File.SetLastAccessTimeUtc(Path.Combine(world.Store, $"{first}.jp2"), used);

        var planned = await world.Worker.Api.ScavengeAsync();
        await Eventually.TrueAsync(async () => (await world.Worker.QueryAsync<long>("select count(*) from plan")) == 0, "all are done");

        Assert.Equal(2, planned.Copies);
        var view = (await world.Worker.Api.FindAsync(first))!;
        Assert.Equal((AssetState.Present, "kept"), (view.State, view.History[0].What));
        Assert.Equal(used, view.Use.LastUsedAt!.Value.UtcDateTime, TimeSpan.FromSeconds(1));
        Assert.Equal(9, (await world.Worker.Api.StoreAsync()).Copies);
    }

    [Fact]
    public async Task Time_that_is_far_to_come_is_no_use()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        var ids = await FillAsync(world, 10);
        await CopiedLongAgoAsync(world, ids);
        foreach (var id in ids)
            File.SetLastAccessTimeUtc(Path.Combine(world.Store, $"{id}.jp2"), DateTime.UtcNow.AddYears(1));

        await world.Worker.Api.ScavengeAsync();

        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()).Copies == 8, "eight are left");
    }

    [Fact]
    public async Task Emptying_at_once_is_planned_a_slice_at_a_time_until_enough_goes()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        await FillAsync(world, 10);
        world.Worker.Services.GetRequiredService<Scavenger>().MostPlanned = 1;

        var begun = await world.Worker.Api.ScavengeAsync();

        Assert.Equal((1, Bytes), (begun.Copies, begun.Bytes));
        Assert.InRange(begun.Excess, Bytes + 1, 2 * Bytes);
        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()).Copies == 8, "eight are left");
        Assert.Equal(0, (await world.Worker.Api.ScavengeAsync()).Copies);
    }

    [Fact]
    public async Task Job_plans_nothing_by_the_clock_where_evicting_is_off_and_all_that_has_to_go_when_it_was_asked_for()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        await FillAsync(world, 10);

        Assert.Contains("Scavenging:Evicts is off", await NotedRun.DoneAsync(world.Worker, "scavenge"), StringComparison.Ordinal);
        Assert.Equal(10, (await world.Worker.Api.StoreAsync()).Copies);
        world.Worker.Services.GetRequiredService<Scavenger>().MostPlanned = 1;
        var run = new NotedRun { Due = DateTimeOffset.UnixEpoch, IsManual = true };
        var outcome = await world.Worker.Services.GetServices<IJob>().OfType<ScavengeJob>().Single().RunAsync(run, CancellationToken.None);
        Assert.Equal($"2 copies of {2 * Bytes} bytes were planned to go", Assert.IsType<JobOutcome.Done>(outcome).Note);
    }

    [Fact]
    public async Task Dry_run_evicts_nothing_and_names_what_stays_and_why()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        await FillAsync(world, 10);
        await world.Worker.Api.PinAsync("2/5/a3");

        var view = await world.Worker.Api.ScavengeAsync(dryRun: true);

        Assert.Equal((2, 2 * Bytes), (view.Copies, view.Bytes));
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from plan"));
        Assert.All(view.First.Where(c => c.Id == AssetId.Parse("2/5/a3")), c => Assert.Equal("pinned", c.Kept));
        Assert.Equal(10, (await world.Worker.Api.StoreAsync()).Next.Count);
    }

    [Fact]
    public async Task Customer_over_the_quota_loses_copies_first()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Quotas:0:Customer=3", $"Scavenging:Quotas:0:MaxBytes={Bytes}");
        await FillAsync(world, 5);
        var theirs = await FillAsync(world, 3, customer: 3);
        await UseAsync(world, theirs);
        await FillAsync(world, 2, from: 5);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()).Copies == 8, "eight are left");

        Assert.Equal(1, await world.Worker.QueryAsync<long>("select count(*) from copy where asset_id like '3/%'"));
    }

    [Fact]
    public async Task Asset_that_is_asked_for_while_it_waits_to_be_evicted_stays()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        var ids = await FillAsync(world, 10);
        await world.Worker.QueryAsync<long>("with p as (insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) select id, 2, 'absent', 'evict', 4, generation, now() + interval '1 hour' from asset where id = '2/5/a0' returning 1) select count(*) from p");
        Assert.Equal(AssetState.Present, (await world.Worker.Api.FindAsync(ids[0]))!.State);

        await UseAsync(world, ids[0]);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.FindAsync(ids[0])) is { Plan: null, State: AssetState.Present }, "its plan is done");
        Assert.True(File.Exists(Path.Combine(world.Store, "2/5/a0.jp2")));
    }

    [Fact]
    public async Task Command_line_pins_and_says_what_would_go()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        await FillAsync(world, 10);

        var pinned = await CommandLine.RunAsync(world.Worker, "pin", "2/5/a0", "--until", "2100-01-01", "--reason", "loan");
        var pins = await CommandLine.RunAsync(world.Worker, "pins");
        var dry = await CommandLine.RunAsync(world.Worker, "scavenge", "--dry-run");
        var done = await CommandLine.RunAsync(world.Worker, "scavenge");
        var unpinned = await CommandLine.RunAsync(world.Worker, "unpin", "2/5/a0");
        var again = await CommandLine.RunAsync(world.Worker, "unpin", "2/5/a0");

        Assert.Equal((0, 0, 0, 0, 0, 1), (pinned.Code, pins.Code, dry.Code, done.Code, unpinned.Code, again.Code));
        Assert.Contains("loan", pins.Output, StringComparison.Ordinal);
        Assert.Contains("2 copies of", dry.Output, StringComparison.Ordinal);
        Assert.Contains("isn't pinned", again.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await CommandLine.RunAsync(world.Worker, "pin", "2/x")).Code);
    }

    [Fact]
    public async Task Reading_of_scrub_is_no_use_and_a_use_before_it_is_not_forgotten()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        var ids = await FillAsync(world, 10);
        await CopiedLongAgoAsync(world, ids);
        var used = DateTime.UtcNow.AddMinutes(-30);
        File.SetLastAccessTimeUtc(world.PathOf(ids[3]), used);

        await NotedRun.DoneAsync(world.Worker, "scrub");
        // As a mount does where nobody can read unseen.
        foreach (var id in ids)
            File.SetLastAccessTimeUtc(world.PathOf(id), await world.Worker.QueryAsync<DateTime>($"select checked_at from copy where asset_id = '{id}'"));
        await world.Worker.Api.ScavengeAsync();
        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from plan") == 0, "all are done");

        Assert.Equal(8, (await world.Worker.Api.StoreAsync()).Copies);
        Assert.Equal(used, (await world.Worker.Api.FindAsync(ids[3]))!.Use.LastUsedAt!.Value.UtcDateTime, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Plan_that_was_given_up_keeps_no_copy()
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false");
        await FillAsync(world, 10);
        await world.Worker.QueryAsync<long>("with p as (insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, dead_at, reason) select id, 2, 'present', 'warm', 4, generation, now(), now(), 'no answer' from asset returning 1) select count(*) from p");

        Assert.Equal(2, (await world.Worker.Api.ScavengeAsync()).Copies);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.StoreAsync()).Copies == 8, "eight are left");
        Assert.Equal(8, await world.Worker.QueryAsync<long>("select count(*) from plan where dead_at is not null"));
    }

    [Theory]
    [InlineData("evict", "absent")]
    [InlineData("copy", "refreshed")]
    public async Task What_an_attempt_put_aside_before_it_died_is_counted_by_the_next(string stage, string goal)
    {
        await using var world = await StartAsync(postgres, "Scavenging:Evicts=false", "Storage:GracePeriod=01:00:00", "Storage:EvictedFor=01:00:00");
        var id = (await FillAsync(world, 1))[0];
        var former = Guid.NewGuid();
        // It was killed behind the rename, and then somebody wanted the asset to stay.
        File.Move(world.PathOf(id), Path.Combine(world.Store, ".understudy", "retired", $"{former:n}"));
        if (stage == "copy")
            File.WriteAllBytes(world.PathOf(id), world.Put($"{id}", 2 * Bytes, seed: 9));
        await world.Worker.Api.PinAsync($"{id}");
        await world.Worker.QueryAsync<long>(
            $"with p as (insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, formers) select id, 2, '{goal}', '{stage}', 2, generation, now(), array['{former}'::uuid] from asset returning 1) select count(*) from p");

        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from plan") == 0, "it is settled");

        Assert.Equal($"{(stage == "copy" ? 2 * Bytes : 0)} {Bytes}", await world.Worker.QueryAsync<string>("select used || ' ' || retired from store"));
        Assert.Equal(stage == "copy" ? AssetState.Present : AssetState.Absent, (await world.Worker.Api.FindAsync(id))!.State);
    }
}
