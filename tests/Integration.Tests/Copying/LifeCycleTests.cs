using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Copies come, are replaced and go; what they leave behind goes in its time, and nothing else does.</summary>
public sealed class LifeCycleTests(PostgresServer postgres)
{
    private const int Size = 200_000;

    [Fact]
    public async Task Copy_that_comes_and_goes_again_and_again_is_accounted_for()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        for (var round = 1; round <= 3; round++)
        {
            var jp2 = world.Put("foo", Size + round, seed: round);
            await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));

            var next = world.Put("foo", Size - round, seed: -round);
            await world.Worker.Api.RefreshAsync(CopyWorld.Id);
            await world.AssertCopiedAsync(next, await world.Worker.SettledAsync(CopyWorld.Id));
            Assert.Equal((1, next.Length, 0), await TotalsAsync(world));

            await world.Worker.Api.DeleteAsync(CopyWorld.Id);
            Assert.Equal(AssetState.Absent, (await world.Worker.SettledAsync(CopyWorld.Id)).State);
            Assert.False(world.IsStored(CopyWorld.Id));
            Assert.Equal((0, 0, 0), await TotalsAsync(world));
        }

        // Three replaced and three removed ones, as long as readers may have them open.
        Assert.Equal(6 * Size, await world.Worker.QueryAsync<long>("select retired from store"));
        Assert.Equal(6, world.Leftovers().Length);
        await world.AssertQuietAsync();
    }

    [Fact]
    public async Task Retired_file_stays_for_the_grace_period_and_then_goes_with_its_room()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:GracePeriod=00:20:00");
        world.Put("foo", Size);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await world.Worker.Api.DeleteAsync(CopyWorld.Id);
        await world.Worker.SettledAsync(CopyWorld.Id);

        await world.Worker.SweepAsync();
        Assert.Single(world.Leftovers());
        Assert.Equal(Size, await world.Worker.QueryAsync<long>("select retired from store"));

        await world.Worker.QueryAsync<int?>("update retired set retired_at = now() - interval '21 min'");
        await world.Worker.SweepAsync();
        Assert.Empty(world.Leftovers());
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select retired from store"));
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from retired"));
    }

    [Fact]
    public async Task Sweep_takes_what_dead_attempts_left_and_spares_what_it_did_not_make()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        string[] orphans = [$"copying/{Guid.NewGuid():n}.part", $"copying/{Guid.NewGuid():n}.salvage"];
        string[] foreign = ["copying/notes.txt", "copying/x.part", "retired/keep", $"copying/{Guid.NewGuid():d}.part"];
        foreach (var name in orphans.Concat(foreign))
            await File.WriteAllTextAsync(Path.Combine(world.Store, ".understudy", name), "x");
        Directory.CreateDirectory(Path.Combine(world.Store, ".understudy/copying/folder"));
        await File.WriteAllTextAsync(Path.Combine(world.Store, "somebody's.jp2"), "x");

        await world.Worker.SweepAsync();

        Assert.Equal(foreign.Order(), world.Leftovers().Select(l => Path.GetRelativePath(".understudy", l)).Order());
        Assert.True(File.Exists(Path.Combine(world.Store, "somebody's.jp2")));
        Assert.True(Directory.Exists(Path.Combine(world.Store, ".understudy/copying/folder")));
    }

    [Fact]
    public async Task Sweep_goes_on_past_what_it_cannot_clear()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:GracePeriod=00:00:00");
        world.Put("foo", Size);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await world.Worker.Api.DeleteAsync(CopyWorld.Id);
        await world.Worker.SettledAsync(CopyWorld.Id);
        var retired = Path.Combine(world.Store, Assert.Single(world.Leftovers()));
        await MakeUndeletableAsync(retired, true);
        try
        {
            await world.Worker.Api.FindAsync(CopyWorld.Id);
            var orphan = Path.Combine(world.Store, ".understudy/copying", $"{Guid.NewGuid():n}.part");
            await File.WriteAllTextAsync(orphan, "x");
            world.Put("bar", Size);
            var other = AssetId.Parse("2/5/bar");
            await world.Worker.CopyAsync(other, CopyWorld.Uri("bar"));
            await world.Worker.Api.DeleteAsync(other);
            await world.Worker.SettledAsync(other);

            await world.Worker.SweepAsync();

            Assert.Equal(Path.GetRelativePath(world.Store, retired), Assert.Single(world.Leftovers()));
            Assert.Equal(Size, await world.Worker.QueryAsync<long>("select retired from store"));
            Assert.Contains(world.Worker.Log, l => l.Contains(Path.GetFileName(retired), StringComparison.Ordinal));
        }
        finally
        {
            await MakeUndeletableAsync(retired, false);
        }

        await world.Worker.SweepAsync();
        Assert.Empty(world.Leftovers());
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select retired from store"));
    }

    [Fact]
    public async Task Sweep_never_takes_what_a_living_attempt_writes()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Copying:StallTimeout=00:00:20", "Flow:StartConnections=4", "Flow:MaxConnections=4");
        var jp2 = world.Put("foo", 10 * Size);
        using var goOn = new ManualResetEventSlim();
        var whole = FaultyObject.Of(jp2);
        world.S3.Put(CopyWorld.Bucket, "foo", whole with
        {
            Read = (offset, to) =>
            {
                if (offset > 5 * Size)
                    goOn.Wait();
                whole.Read(offset, to);
            },
        });
        await world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await Eventually.TrueAsync(() => world.S3.Traffic.BytesSent("foo") >= 4 * Size, "half-way");

        await world.Worker.SweepAsync();
        Assert.EndsWith(".part", Assert.Single(world.Leftovers()), StringComparison.Ordinal);
        goOn.Set();

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.DoesNotContain(world.Worker.Log, l => l.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Copy_is_removed_from_where_it_was_put_also_when_the_template_has_changed()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", Size);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await world.StopAsync(world.Worker);
        await world.AddWorkerAsync("Storage:PathTemplate={customer}/{space}/new/{image}.jp2");

        await world.Worker.Api.DeleteAsync(CopyWorld.Id);

        Assert.Equal(AssetState.Absent, (await world.Worker.SettledAsync(CopyWorld.Id)).State);
        Assert.False(world.IsStored(CopyWorld.Id));
    }

    [Fact]
    public async Task Source_that_vanished_leaves_the_copy_that_is_there()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", Size);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        world.S3.Script = FaultScript.Always(Fault.Failing(S3Error.NoSuchKey));

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, Contracts.Fault.SourceGone, "NoSuchKey");
        Assert.Equal(jp2, world.Stored(CopyWorld.Id));
    }

    private static async Task<(int Copies, int Used, int Reserved)> TotalsAsync(CopyWorld world) =>
        (await world.Worker.QueryAsync<int>("select copies from store"), await world.Worker.QueryAsync<int>("select used from store"), await world.Worker.QueryAsync<int>("select reserved from store"));

    // Not even root deletes what is immutable.
    private static async Task MakeUndeletableAsync(string path, bool undeletable)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chattr", [undeletable ? "+i" : "-i", path]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.SkipWhen(process.ExitCode != 0, $"files can't be made immutable here: {said}");
    }
}
