using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Dlcs;

/// <summary>Announced ingests whose end only the source's version tells.</summary>
public sealed class SourceWatchTests(PostgresServer postgres)
{
    private const int Size = 20_000;
    private static readonly AssetId Id = CopyWorld.Id;

    [Fact]
    public async Task Update_is_copied_when_the_source_differs_from_the_copy()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var old = world.Put("foo", Size, seed: 1);
        await world.Worker.CopyAsync(Id, CopyWorld.Uri("foo"));

        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "has not changed");
        Assert.Equal(old, world.Stored(Id));

        var jp2 = world.Put("foo", Size, seed: 2);
        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Source_that_had_changed_before_the_first_look_is_copied()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", Size, seed: 1);
        await world.Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        var jp2 = world.Put("foo", Size, seed: 2);

        await world.Worker.AnnounceAsync(Id);

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Without_a_copy_the_first_look_says_what_has_to_change()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Sources:Template=s3://pics/{asset}");
        world.Put("foo", Size, seed: 1);

        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "the source is as it was");
        await world.Worker.WaitsAsync(Id, "has not changed");
        Assert.False(world.IsStored(Id));

        var jp2 = world.Put("foo", Size, seed: 2);
        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Source_that_appears_has_changed()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Sources:Template=s3://pics/{asset}");

        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "404");

        var jp2 = world.Put("foo", Size);
        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Source_that_is_gone_for_a_while_has_not_changed()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var old = world.Put("foo", Size, seed: 1);
        await world.Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        world.S3.Delete(CopyWorld.Bucket, "foo");

        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "404");
        world.Put("foo", Size, seed: 1);
        await world.Worker.WaitsAsync(Id, "has not changed");
        Assert.Equal(old, world.Stored(Id));
    }

    [Fact]
    public async Task Source_s_server_that_fails_is_asked_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", Size, seed: 1);
        await world.Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        var jp2 = world.Put("foo", Size, seed: 2);
        world.S3.Script = FaultScript.Always(Fault.InternalError);

        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "500");

        world.S3.Script = FaultScript.None;
        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(Id));
    }

    [Fact]
    public async Task Source_that_is_not_known_is_waited_for()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", Size);

        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "no source is known");

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(Id, CopyWorld.Uri("foo")));
    }

    [Fact]
    public async Task Source_that_never_changes_is_looked_at_once_at_the_deadline()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Sources:Template=s3://pics/{asset}", "Dlcs:IngestDeadline=00:01:00");
        var jp2 = world.Put("foo", Size);

        // The first look is long ago, the deadline two seconds from now.
        await world.Worker.AnnounceAsync(Id, TimeProvider.System.GetUtcNow().AddSeconds(-58));

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(Id));
        Assert.Contains((await world.Worker.ViewAsync(Id))!.History, h => h.What == "ingest overdue");
        Assert.Contains(world.Worker.Log, l => l.Contains("can't be seen to be over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Finished_ingest_ends_the_wait_at_once()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", Size);
        await world.Worker.CopyAsync(Id, CopyWorld.Uri("foo"));
        await world.Worker.AnnounceAsync(Id);
        await world.Worker.WaitsAsync(Id, "has not changed");

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(Id, null));

        Assert.DoesNotContain((await world.Worker.ViewAsync(Id))!.History, h => h.What == "ingest overdue");
    }
}
