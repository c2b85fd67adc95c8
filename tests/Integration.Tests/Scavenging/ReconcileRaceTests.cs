using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Schedules;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging.Reconciling;
using Understudy.Schedules;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>Copies settle and files go while reconcile stands between its look at a file and what it writes of it.</summary>
public sealed class ReconcileRaceTests(PostgresServer postgres)
{
    private const int Bytes = 5000;

    [Fact]
    public async Task Unknown_file_that_a_copy_replaces_meanwhile_is_the_copys()
    {
        await using var world = await StartAsync();
        Leave(world, seed: 2);
        var jp2 = world.Put("foo", Bytes);
        At(world, HoldStep.Hold, () => world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));

        Assert.Contains("0 adopted (0 bytes), 0 not whole, 0 strangers, 1 left alone", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        await world.AssertCopiedAsync(jp2, (await world.Worker.Api.FindAsync(CopyWorld.Id))!);
        Assert.Equal(CopyWorld.Uri("foo"), await world.Worker.QueryAsync<string>("select source from copy"));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Unknown_file_that_is_evicted_meanwhile_gets_no_row()
    {
        await using var world = await StartAsync();
        Leave(world, seed: 1);
        world.Put("foo", Bytes);
        At(world, HoldStep.Hold, async () =>
        {
            await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
            await PlanEvictionAsync(world, "now()");
            await QuietAsync(world);
        });

        Assert.Contains("0 adopted (0 bytes), 0 not whole, 0 strangers, 1 left alone", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        Assert.False(world.IsStored(CopyWorld.Id));
        Assert.Equal("evicted", (await world.Worker.Api.FindAsync(CopyWorld.Id))!.History[0].What);
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from copy"));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Unknown_file_of_an_asset_that_is_planned_meanwhile_is_left_to_the_copy_that_settles_later()
    {
        await using var world = await StartAsync();
        Leave(world, seed: 2);
        var jp2 = world.Put("foo", Bytes);
        At(world, HoldStep.Hold, () => world.Worker.QueryAsync<int>($"""
            insert into asset (id, customer, space, generation, source) values ('{CopyWorld.Id}', 2, 5, 1, '{CopyWorld.Uri("foo")}');
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) values ('{CopyWorld.Id}', 2, 'present', 'copy', 4, 1, now() + interval '1 hour'); select 1
            """));

        Assert.Contains("0 adopted (0 bytes), 0 not whole, 0 strangers, 1 left alone", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from copy"));
        await world.Worker.QueryAsync<int>("update plan set due_at = now(); select 1");
        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Event_that_comes_while_a_file_is_adopted_waits_and_then_replaces_it()
    {
        await using var world = await StartAsync();
        Leave(world, seed: 2);
        var jp2 = world.Put("foo", Bytes);
        var copied = Task.CompletedTask;
        At(world, HoldStep.Look, async () =>
        {
            copied = world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
            await SomebodyWaitsAsync(world);
        });

        Assert.Contains("1 adopted (5000 bytes)", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        await copied;
        await QuietAsync(world);
        await world.AssertCopiedAsync(jp2, (await world.Worker.Api.FindAsync(CopyWorld.Id))!);
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Missing_file_that_a_copy_brings_back_meanwhile_is_not_lost()
    {
        await using var world = await StartAsync();
        var jp2 = await CopyAsync(world);
        File.Delete(world.PathOf(CopyWorld.Id));
        At(world, HoldStep.Hold, () => world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));

        Assert.Contains("1 known, 0 adopted (0 bytes), 0 not whole, 0 strangers, 0 left alone; 0 copies lost", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        await world.AssertCopiedAsync(jp2, (await world.Worker.Api.FindAsync(CopyWorld.Id))!);
        await AssertSumsAsync(world);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Missing_file_that_an_eviction_moved_aside_is_the_evictions_to_settle(bool settlesMeanwhile)
    {
        await using var world = await StartAsync();
        await CopyAsync(world);
        File.Delete(world.PathOf(CopyWorld.Id));
        At(world, HoldStep.Hold, async () =>
        {
            await PlanEvictionAsync(world, settlesMeanwhile ? "now()" : "now() + interval '1 hour'");
            if (settlesMeanwhile)
                await QuietAsync(world);
        });

        Assert.Contains("0 copies lost, 0 of another length, 0 planned again", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        await world.Worker.QueryAsync<int>("update plan set due_at = now(); select 1");
        await QuietAsync(world);
        Assert.Equal((0, 1, 0), (
            await world.Worker.QueryAsync<long>("select count(*) from copy"),
            await world.Worker.QueryAsync<long>("select count(*) from history where what = 'evicted'"),
            await world.Worker.QueryAsync<long>("select count(*) from history where what = 'lost'")));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Event_that_comes_while_a_copy_is_forgotten_waits_and_then_brings_it_back()
    {
        await using var world = await StartAsync();
        var jp2 = await CopyAsync(world);
        File.Delete(world.PathOf(CopyWorld.Id));
        var copied = Task.CompletedTask;
        At(world, HoldStep.Write, async () =>
        {
            copied = world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
            await SomebodyWaitsAsync(world);
        });

        Assert.Contains("1 copies lost, 0 of another length, 0 planned again", await NotedRun.DoneAsync(world.Worker, "reconcile"), StringComparison.Ordinal);

        await copied;
        await QuietAsync(world);
        await world.AssertCopiedAsync(jp2, (await world.Worker.Api.FindAsync(CopyWorld.Id))!);
        await AssertSumsAsync(world);
    }

    private Task<CopyWorld> StartAsync() => CopyWorld.StartAsync(postgres, "Storage:GracePeriod=00:00:00", "Scavenging:Evicts=false");

    /// <summary>Has others do something when the run comes to the step for the first time.</summary>
    private static void At(CopyWorld world, HoldStep step, Func<Task> others)
    {
        var isOver = false;
        world.Worker.Services.GetServices<IJob>().OfType<ReconcileJob>().Single().Before = async now =>
        {
            if (now != step || isOver)
                return;
            isOver = true;
            await others();
        };
    }

    private static void Leave(CopyWorld world, int seed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(world.PathOf(CopyWorld.Id))!);
        File.WriteAllBytes(world.PathOf(CopyWorld.Id), SyntheticJp2.Bytes(Bytes, seed));
    }

    private static async Task<byte[]> CopyAsync(CopyWorld world)
    {
        var jp2 = world.Put("foo", Bytes);
        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
        return jp2;
    }

    private static Task<int> PlanEvictionAsync(CopyWorld world, string due) => world.Worker.QueryAsync<int>(
        $"insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) select id, 2, 'absent', 'evict', 4, generation, {due} from asset where id = '{CopyWorld.Id}'; select 1");

    private static Task QuietAsync(CopyWorld world) =>
        Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from plan") == 0, "all plans are done");

    private static Task SomebodyWaitsAsync(CopyWorld world) => Eventually.TrueAsync(
        async () => await world.Worker.QueryAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0, "the event waits for the commit");

    private static async Task AssertSumsAsync(CopyWorld world) => Assert.Equal(
        await world.Worker.QueryAsync<string>("select count(*) || ' ' || coalesce(sum(bytes), 0) from copy"),
        await world.Worker.QueryAsync<string>("select copies || ' ' || used from store"));
}
