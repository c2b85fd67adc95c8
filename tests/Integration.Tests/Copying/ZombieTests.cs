using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>A worker that was declared dead, and isn't.</summary>
public sealed class ZombieTests(PostgresServer postgres)
{
    private const int Size = 1_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attempt_that_lost_its_lease_cannot_publish(bool newVersion)
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        // It has no slot for another plan, and won't look for its lease again before the test is over.
        var zombie = await world.AddWorkerAsync("Plans:LeaseTime=01:00:00", "Plans:Slots=1", "Copying:StallTimeout=00:01:00");
        using var wakeUp = new ManualResetEventSlim();
        var old = SyntheticJp2.Bytes(Size, seed: 1);
        var slow = FaultyObject.Of(old);
        world.S3.Put(CopyWorld.Bucket, "foo", slow with
        {
            Read = (offset, to) =>
            {
                if (offset >= Size - CopyWorld.PartSize)
                    wakeUp.Wait();
                slow.Read(offset, to);
            },
        });
        await zombie.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await Eventually.TrueAsync(() => world.S3.Traffic.BytesSent("foo") >= Size - 2 * CopyWorld.PartSize, "all but the last part there");

        var wanted = newVersion ? world.Put("foo", Size, seed: 2) : world.Put("foo", Size, seed: 1);
        var successor = await world.AddWorkerAsync();
        if (newVersion)
            await successor.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await successor.QueryAsync<int?>("with gone as (delete from worker where id = (select worker from plan) returning id) update plan set worker = null, due_at = now()");
        world.AssertCopied(wanted, await successor.SettledAsync(CopyWorld.Id));

        wakeUp.Set();
        await Eventually.TrueAsync(() => zombie.Gate.InFlight == 0, "the zombie's attempt ended");
        await world.AssertCopiedAsync(wanted, await successor.SettledAsync(CopyWorld.Id));
        Assert.Equal(Size, await successor.QueryAsync<long>("select used from store"));
        Assert.Equal(1, await successor.QueryAsync<long>("select copies from store"));
        await successor.SweepAsync();
        Assert.Empty(world.Leftovers());
    }
}
