using System.Globalization;
using Understudy.Contracts;
using Understudy.Copying.Flow;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>A source's server that misbehaves: the right bytes arrive or none, and nothing is waited for without end.</summary>
public sealed class FaultTests(PostgresServer postgres)
{
    private const int Large = SourceFaults.Large;

    [Theory]
    [MemberData(nameof(SourceFaults.Cases), MemberType = typeof(SourceFaults))]
    public async Task Fault_that_each_range_meets_once_costs_no_attempt(string fault, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres, SourceFaults.PatienceWith(fault));
        var jp2 = world.Put("foo", size);
        world.S3.Script = FirstOfEachPart(SourceFaults.All[fault]);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertCopiedAsync(jp2, view);
        // Bytes that were changed on the way show only when all are there.
        if (fault != "corrupt")
            Assert.DoesNotContain(world.Worker.Log, l => l.Contains("failed (attempt", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(SourceFaults.Names), MemberType = typeof(SourceFaults))]
    public async Task Fault_of_every_other_request_passes(string fault)
    {
        await using var world = await CopyWorld.StartAsync(postgres, ["Plans:MaxAttempts=20", "Copying:PartTries=6", .. SourceFaults.PatienceWith(fault)]);
        var jp2 = world.Put("foo", Large);
        world.S3.Script = FaultScript.EveryNth(2, SourceFaults.All[fault]);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
    }

    [Fact]
    public async Task Part_that_broke_off_is_taken_up_where_it_broke_off()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", Large);
        const string Range = "bytes=65536-131071";
        world.S3.Script = r => r.Range == Range ? Fault.CloseAfter(40_000) : null;

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));

        Assert.Equal(1, world.S3.Traffic.RequestsOf("foo", Range));
        Assert.Equal(1, world.S3.Traffic.RequestsOf("foo", $"bytes={65536 + 40_000}-131071"));
        Assert.Equal(Large, world.S3.Traffic.BytesSent("foo"));
    }

    [Fact]
    public async Task Throttling_halves_what_may_be_under_way()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Flow:StartConnections=16");
        var jp2 = world.Put("foo", Large);
        world.S3.Script = FaultScript.First(1, Fault.SlowDown);
        Assert.Equal(16, world.Worker.Gate.Limit);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));

        Assert.Equal(8, world.Worker.Gate.Limit);
    }

    [Fact]
    public async Task Source_that_is_replaced_between_ranges_arrives_whole_in_its_new_version()
    {
        // One range after the other: side by side, all may have been answered before the third one replaces the object.
        await using var world = await CopyWorld.StartAsync(postgres, "Flow:MinConnections=1", "Flow:StartConnections=1", "Flow:MaxConnections=1", "Flow:WaitingReserve=0");
        world.Put("foo", Large, seed: 1);
        var next = SyntheticJp2.Bytes(Large + 7, seed: 2);
        world.S3.Script = r => r.NumberOfKey == 3 ? Fault.ReplaceWith(FaultyObject.Of(next)) : null;

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertCopiedAsync(next, view);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Source_that_is_replaced_for_ever_is_given_up_and_says_so()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", Large);
        var seed = 1;
        world.S3.Script = r => r.NumberOfKey % 4 == 0 ? Fault.ReplaceWith(FaultyObject.Of(SyntheticJp2.Bytes(Large, Interlocked.Increment(ref seed)))) : null;

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, Contracts.Fault.Failed, "changed while it was copied");
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Source_that_vanishes_between_ranges_is_gone()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", Large);
        world.S3.Script = r =>
        {
            if (r.NumberOfKey == 3)
                world.S3.Delete(CopyWorld.Bucket, "foo");
            return null;
        };

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), Contracts.Fault.SourceGone, "NoSuch");
    }

    [Fact]
    public async Task Slow_first_bytes_are_waited_for()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", Large);
        world.S3.Script = FaultScript.Always(Fault.SlowFirstByte(TimeSpan.FromMilliseconds(150)));

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
        Assert.Equal(Large, world.S3.Traffic.BytesSent("foo"));
    }

    [Fact]
    public async Task Copy_that_is_there_survives_every_fault_of_its_replacement()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Copying:PartTries=1", "Plans:MaxAttempts=1", "Copying:StallTimeout=00:00:02");
        var old = world.Put("foo", Large);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        world.Put("foo", Large, seed: 2);

        foreach (var fault in SourceFaults.All.Values.Except([SourceFaults.All["whole instead of range"]]))
        {
            world.S3.Script = FaultScript.Always(fault);
            await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
            Assert.True(old.AsSpan().SequenceEqual(world.Stored(CopyWorld.Id)));
        }

        await world.AssertQuietAsync();
    }

    // What goes on where a try broke off is another range, and has done nothing wrong.
    private static Func<FaultyRequest, Fault?> FirstOfEachPart(Fault fault) => request =>
        request.NumberOfRange == 1 && request.Range is { } range && long.Parse(range["bytes=".Length..range.IndexOf('-', StringComparison.Ordinal)], CultureInfo.InvariantCulture) % CopyWorld.PartSize == 0
            ? fault : null;
}
