using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>A store that somebody else has filled before.</summary>
public sealed class AdoptionTests(PostgresServer postgres)
{
    private const int Size = 4_000_000;

    [Theory]
    [InlineData("md5")]
    [InlineData("crc64nvme")]
    [InlineData("sha256")]
    public async Task File_that_is_the_sources_is_adopted_and_hardly_fetched(string proof)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", proof == "md5" ? FaultyObject.Of(jp2) : FaultyObject.OfParts(jp2, 1 << 20).WithChecksum(proof));
        await FillAsync(world, jp2);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertCopiedAsync(jp2, view);
        Assert.InRange(world.S3.Traffic.BytesSent("foo"), 0, CopyWorld.PartSize);
        Assert.Equal(Size, await world.Worker.QueryAsync<long>("select used from store"));
        Assert.NotNull(view.Copy!.Facts);
        Assert.Contains((await world.Worker.Api.FindAsync(CopyWorld.Id))!.History, h => h.What == "adopted");
    }

    [Fact]
    public async Task Different_file_of_the_same_length_is_replaced_and_kept_for_its_readers()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", Size, seed: 1);
        var other = SyntheticJp2.Bytes(Size, seed: 2);
        await FillAsync(world, other);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));

        Assert.Equal(other, await File.ReadAllBytesAsync(Path.Combine(world.Store, Assert.Single(world.Leftovers()))));
        Assert.Equal(Size, await world.Worker.QueryAsync<long>("select retired from store"));
    }

    [Fact]
    public async Task File_that_is_to_be_replaced_and_kept_needs_room_beside_the_new_one()
    {
        await using var world = await CopyWorld.StartAsync(postgres, $"Storage:MaxBytes={Size * 3 / 2}");
        world.Put("foo", Size, seed: 1);
        await FillAsync(world, SyntheticJp2.Bytes(Size, seed: 2));

        await world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await Eventually.TrueAsync(async () => (await world.Worker.Api.FindAsync(CopyWorld.Id))!.Plan?.Fault == Contracts.Fault.NoRoom, "waits for room");
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select used + reserved + retired from store"));
    }

    [Fact]
    public async Task File_that_nothing_proves_is_replaced()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.OfParts(jp2, 1 << 20));
        await FillAsync(world, jp2);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
        Assert.Equal(Size, world.S3.Traffic.BytesSent("foo"));
    }

    [Fact]
    public async Task Other_bytes_of_the_same_length_that_a_dead_attempt_published_are_found_also_after_others_failed()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Plans:MaxAttempts=100");
        var jp2 = world.Put("foo", Size, seed: 1);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        world.S3.Script = FaultScript.Always(Fault.InternalError);
        await world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await FailedAsync(1);
        await FillAsync(world, SyntheticJp2.Bytes(Size, seed: 2));
        await world.Worker.QueryAsync<int?>("update plan set formers = formers || gen_random_uuid()");
        await FailedAsync((await world.Worker.Api.FindAsync(CopyWorld.Id))!.Plan!.Attempts + 2);

        world.S3.Script = FaultScript.None;

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));

        Task FailedAsync(int attempts) => Eventually.TrueAsync(async () => (await world.Worker.Api.FindAsync(CopyWorld.Id))!.Plan!.Attempts >= attempts, "failed");
    }

    private static async Task FillAsync(CopyWorld world, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(world.PathOf(CopyWorld.Id))!);
        await File.WriteAllBytesAsync(world.PathOf(CopyWorld.Id), bytes);
    }
}
