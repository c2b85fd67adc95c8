using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Without room a plan waits and says so, leaves nothing half-written, and goes on when there is room.</summary>
public sealed class RoomTests(PostgresServer postgres)
{
    private const int Size = 2_000_000;

    [Fact]
    public async Task Full_disk_is_waited_for()
    {
        using var disk = new SmallDisk("size=3m");
        await using var world = await CopyWorld.EmptyAsync(postgres, disk.Path);
        await world.AddWorkerAsync();
        var jp2 = world.Put("foo", Size);
        using (disk.Fill(1_500_000))
        {
            await AssertWaitsAsync(world, "needs 2000000 bytes; the store's file system has");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await world.Worker.RefusalAsync(CopyWorld.Id));
        }

        await AssertGoesOnAsync(world, jp2);
    }

    [Fact]
    public async Task Old_copy_stands_while_there_is_no_room_for_the_new_one()
    {
        using var disk = new SmallDisk("size=3m");
        await using var world = await CopyWorld.EmptyAsync(postgres, disk.Path);
        await world.AddWorkerAsync("Storage:GracePeriod=00:00:00");
        var old = world.Put("foo", Size, seed: 1);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        var next = world.Put("foo", Size, seed: 2);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        Assert.Equal(Contracts.Fault.NoRoom, view.Plan!.Fault);
        Assert.True(old.AsSpan().SequenceEqual(world.Stored(CopyWorld.Id)));
        await world.AssertQuietAsync();

        disk.Resize("size=6m");
        await AssertGoesOnAsync(world, next);
    }

    [Fact]
    public async Task Bytes_that_shall_stay_free_stay_free()
    {
        using var disk = new SmallDisk("size=4m");
        await using var world = await CopyWorld.EmptyAsync(postgres, disk.Path);
        await world.AddWorkerAsync("Storage:MinFreeBytes=3 MiB");
        var jp2 = world.Put("foo", Size);

        await AssertWaitsAsync(world, "Storage:MinFreeBytes keeps 3 MiB");

        disk.Resize("size=8m");
        await AssertGoesOnAsync(world, jp2);
    }

    [Theory]
    [InlineData("0", "ENOSPC")]
    [InlineData("20", "Storage:MinFreeInodes")]
    public async Task Inodes_are_waited_for(string minimum, string reason)
    {
        using var disk = new SmallDisk("size=8m,nr_inodes=100");
        await using var world = await CopyWorld.EmptyAsync(postgres, disk.Path);
        await world.AddWorkerAsync($"Storage:MinFreeInodes={minimum}");
        var jp2 = world.Put("foo", Size);
        using (disk.FillInodes())
            await AssertWaitsAsync(world, reason == "ENOSPC" ? "no room" : reason);

        await AssertGoesOnAsync(world, jp2);
    }

    [Fact]
    public async Task Attempts_that_a_full_disk_cut_short_can_be_fenced_when_there_is_room()
    {
        using var disk = new SmallDisk("size=8m,nr_inodes=100");
        await using var world = await CopyWorld.EmptyAsync(postgres, disk.Path);
        await world.AddWorkerAsync();
        var jp2 = world.Put("foo", Size);
        // A former attempt that nobody knows the end of.
        using (disk.FillInodes())
        {
            await world.Worker.QueryAsync<int?>("create function add_former() returns trigger language plpgsql as $$ begin new.attempt = gen_random_uuid(); return new; end $$; create trigger add_former before insert on plan for each row execute function add_former()");
            await AssertWaitsAsync(world, "full");
        }

        await AssertGoesOnAsync(world, jp2);
    }

    [Fact]
    public async Task Budget_is_never_exceeded_and_room_that_is_given_back_is_used()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:MaxBytes=3000000", "Storage:GracePeriod=00:00:00", "Plans:Slots=8", "Scavenging:Evicts=false");
        var other = AssetId.Parse("2/5/other");
        world.Put("other", Size, seed: 1);
        var jp2 = world.Put("foo", Size, seed: 2);
        await world.Worker.CopyAsync(other, CopyWorld.Uri("other"));

        await AssertWaitsAsync(world, "Storage:MaxBytes");
        Assert.Equal(Size, await world.Worker.QueryAsync<long>("select used + reserved + retired from store"));

        await world.Worker.Api.DeleteAsync(other);
        await world.Worker.SettledAsync(other);
        await Eventually.TrueAsync(
            async () =>
            {
                await world.Worker.SweepAsync();
                return await world.Worker.Api.FindAsync(CopyWorld.Id) is { State: AssetState.Present };
            },
            "copied");
        await AssertGoesOnAsync(world, jp2);
    }

    [Fact]
    public async Task Waiting_takes_no_room_itself()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:MaxBytes=1000000", "Plans:RoomDelay=00:00:00.100");
        world.Put("foo", Size);
        await world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await Eventually.TrueAsync(() => world.S3.Traffic.Requests > 10, "tried many times");

        // A bar against an attempt stands for a day, and takes an inode.
        Assert.Empty(new[] { "copying", "retired" }.SelectMany(f => Directory.EnumerateFileSystemEntries(Path.Combine(world.Store, ".understudy", f))));
    }

    [Fact]
    public async Task Many_copies_at_once_stay_within_the_budget()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:MaxBytes=1000000", "Plans:Slots=16");
        var ids = Enumerable.Range(0, 16).Select(i => AssetId.Parse($"2/5/{i}")).ToArray();
        foreach (var id in ids)
            world.Put(id.Asset, 150_000);
        await Task.WhenAll(ids.Select(id => world.Worker.IngestAsync(id, CopyWorld.Uri(id.Asset))));
        await Task.WhenAll(ids.Select(world.Worker.SettledAsync));

        Assert.Equal(6, ids.Count(world.IsStored));
        Assert.Equal(900_000, await world.Worker.QueryAsync<long>("select used + reserved + retired from store"));
        Assert.Empty(world.Leftovers());
        await world.AssertQuietAsync();
    }

    private static async Task AssertWaitsAsync(CopyWorld world, string reason)
    {
        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        // Running: it has just had another look.
        Assert.Contains(view.State, new[] { AssetState.Pending, AssetState.Running });
        Assert.Equal(Contracts.Fault.NoRoom, view.Plan!.Fault);
        Assert.Contains(reason, view.Plan.Reason, StringComparison.Ordinal);
        Assert.Equal(0, view.Plan.Attempts);
        await world.AssertQuietAsync();
        Assert.False(world.IsStored(CopyWorld.Id));
        Assert.Empty(world.Leftovers());
    }

    private static async Task AssertGoesOnAsync(CopyWorld world, byte[] jp2)
    {
        await Eventually.TrueAsync(async () => await world.Worker.Api.FindAsync(CopyWorld.Id) is { State: AssetState.Present }, "copied");
        await world.AssertCopiedAsync(jp2, (await world.Worker.Api.FindAsync(CopyWorld.Id))!);
    }
}
