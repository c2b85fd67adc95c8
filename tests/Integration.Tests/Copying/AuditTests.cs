using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Copying.Auditing;
using Understudy.Integration.Tests.Schedules;
using Understudy.Integration.Tests.TestKit;
using Understudy.Schedules;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Sources that changed, or went, without a word.</summary>
public sealed class AuditTests(PostgresServer postgres)
{
    private const int Bytes = 100_000;

    [Fact]
    public async Task Source_that_changed_is_copied_again_and_of_the_others_nothing_is_sent()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 3);
        var sent = world.S3.Traffic.BytesSent("2/5/a0");
        var changed = world.Put("2/5/a1", Bytes, seed: 9);

        Assert.Equal("3 sources: 2 unchanged, 1 changed, 0 gone, 0 couldn't be asked, 0 left alone", await NotedRun.DoneAsync(world.Worker, "audit"));

        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0, "copied again");
        await world.AssertCopiedAsync(changed, (await world.Worker.Api.FindAsync(AssetId.Parse("2/5/a1")))!);
        Assert.Equal(sent, world.S3.Traffic.BytesSent("2/5/a0"));
        Assert.Equal(1, await world.Worker.QueryAsync<long>("select count(*) from history where what = 'source changed, found by audit' and detail like 's3://pics/2/5/a1 is \"%\" of 100000 bytes, was \"%'"));
        Assert.StartsWith("3 sources: 3 unchanged", await NotedRun.DoneAsync(world.Worker, "audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_was_rewritten_is_copied_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var path = Path.Combine(world.Files, "foo");
        await File.WriteAllBytesAsync(path, SyntheticJp2.Bytes(Bytes, seed: 1));
        await world.Worker.CopyAsync(CopyWorld.Id, $"file://{path}");
        Assert.StartsWith("1 sources: 1 unchanged", await NotedRun.DoneAsync(world.Worker, "audit"), StringComparison.Ordinal);
        var changed = SyntheticJp2.Bytes(Bytes, seed: 2);
        await File.WriteAllBytesAsync(path, changed);

        Assert.StartsWith("1 sources: 0 unchanged, 1 changed", await NotedRun.DoneAsync(world.Worker, "audit"), StringComparison.Ordinal);

        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0, "copied again");
        Assert.True(changed.AsSpan().SequenceEqual(world.Stored(CopyWorld.Id)));
    }

    [Fact]
    public async Task Source_that_is_gone_is_said_once_and_its_copy_stays()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 2);
        world.S3.Delete(CopyWorld.Bucket, "2/5/a0");

        const string wanted = "2 sources: 1 unchanged, 0 changed, 1 gone, 0 couldn't be asked, 0 left alone";
        Assert.Equal(wanted, await NotedRun.DoneAsync(world.Worker, "audit"));
        Assert.Equal(wanted, await NotedRun.DoneAsync(world.Worker, "audit"));

        Assert.Equal(0, await PlansAsync(world));
        Assert.True(world.IsStored(AssetId.Parse("2/5/a0")));
        Assert.Equal("2/5/a0", await world.Worker.QueryAsync<string>("select string_agg(asset_id, ' ') from history where what = 'source gone, found by audit'"));
        Assert.Contains(world.Worker.Log, l => l.StartsWith("Warning: 1 copies have no source any more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Live_plans_and_copies_of_another_source_are_left_alone_and_plans_given_up_are_not()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 4);
        foreach (var i in Enumerable.Range(0, 4))
            world.Put($"2/5/a{i}", Bytes, seed: 20 + i);
        await world.Worker.QueryAsync<string>(
            """
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, dead_at) values
              ('2/5/a0', 2, 'present', 'copy', 4, 1, now() + interval '1 hour', null), ('2/5/a1', 2, 'absent', 'evict', 4, 1, now() + interval '1 hour', null),
              ('2/5/a2', 2, 'present', 'copy', 4, 1, now(), now());
            update copy set source = 's3://pics/other' where asset_id = '2/5/a3';
            """);

        Assert.Equal("2 sources: 0 unchanged, 1 changed, 0 gone, 0 couldn't be asked, 1 left alone", await NotedRun.DoneAsync(world.Worker, "audit"));

        await Eventually.TrueAsync(async () => await PlansAsync(world) == 2, "the dead plan is done");
        Assert.Equal("2/5/a2", await world.Worker.QueryAsync<string>("select string_agg(asset_id, ' ') from history where what = 'source changed, found by audit'"));
    }

    [Fact]
    public async Task Event_that_comes_while_the_source_is_looked_at_is_what_counts()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 1);
        var findings = world.Worker.Services.GetRequiredService<Findings>();
        var copy = Assert.Single(await findings.NextAsync("", 10, CancellationToken.None));
        world.Put("2/5/a0", Bytes, seed: 9);
        await world.Worker.IngestAsync(copy.Id, CopyWorld.Uri("2/5/a0"));
        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0, "copied");

        Assert.False(await findings.ChangedAsync(copy, "x", CancellationToken.None));

        Assert.Equal(0, await PlansAsync(world));
    }

    [Fact]
    public async Task Source_that_cannot_be_asked_holds_up_no_other_and_if_none_can_the_run_has_failed()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 2);
        world.S3.Script = FaultScript.Key("2/5/a0", FaultScript.Always(TestKit.Fault.InternalError));
        Assert.Equal("2 sources: 1 unchanged, 0 changed, 0 gone, 1 couldn't be asked, 0 left alone", await NotedRun.DoneAsync(world.Worker, "audit"));
        world.S3.Script = FaultScript.Always(TestKit.Fault.InternalError);
        var run = NotedRun.From();

        var outcome = await world.Worker.Services.GetServices<IJob>().Single(j => j.Name == "audit").RunAsync(run, CancellationToken.None);

        Assert.StartsWith("2 sources: 0 unchanged, 0 changed, 0 gone, 2 couldn't be asked", Assert.IsType<JobOutcome.Failed>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(["2/5/a1", null], run.Checkpoints);
        Assert.Equal(0, await PlansAsync(world));
    }

    [Fact]
    public async Task Run_goes_on_behind_its_checkpoint()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await FillAsync(world, 3);

        Assert.StartsWith("2 sources: 2 unchanged", await NotedRun.DoneAsync(world.Worker, "audit", "2/5/a0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_can_be_run_now()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:GracePeriod=00:00:00", "Copying:SweepInterval=1.00:00:00");
        await FillAsync(world, 1);
        world.Put("2/5/a0", Bytes, seed: 9);
        await world.Worker.IngestAsync(AssetId.Parse("2/5/a0"), CopyWorld.Uri("2/5/a0"));
        await Eventually.TrueAsync(async () => await PlansAsync(world) == 0 && await world.Worker.QueryAsync<long>("select retired from store") == Bytes, "replaced");

        await world.Worker.Api.RunScheduleAsync("sweep");

        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select retired from store") == 0, "swept");
        await Eventually.TrueAsync(async () => (await world.Worker.Api.ScheduleRunsAsync("sweep")).Items.Single().Outcome == RunOutcome.Done, "done");
        Assert.Empty(world.Leftovers());
    }

    private static async Task FillAsync(CopyWorld world, int count)
    {
        foreach (var i in Enumerable.Range(0, count))
        {
            world.Put($"2/5/a{i}", Bytes, seed: i + 1);
            Assert.Equal(AssetState.Present, (await world.Worker.CopyAsync(AssetId.Parse($"2/5/a{i}"), CopyWorld.Uri($"2/5/a{i}"))).State);
        }
    }

    private static Task<long> PlansAsync(CopyWorld world) => world.Worker.QueryAsync<long>("select count(*) from plan");
}
