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
    private const int Small = 50_000;
    private const int Large = 500_000;

    private static readonly Dictionary<string, Fault> Faults = new()
    {
        ["503"] = Fault.SlowDown,
        ["429"] = Fault.TooManyRequests,
        ["500"] = Fault.InternalError,
        ["403"] = Fault.AccessDenied,
        ["expired"] = Fault.ExpiredPresign,
        ["reset before headers"] = Fault.ResetBeforeHeaders,
        ["silence before headers"] = Fault.StallBeforeHeaders,
        ["reset at once"] = Fault.ResetAfter(0),
        ["reset half-way"] = Fault.ResetAfter(10_000),
        ["closed half-way"] = Fault.CloseAfter(10_000),
        ["silence after headers"] = Fault.StallAfter(0),
        ["silence half-way"] = Fault.StallAfter(10_000),
        ["shorter body"] = Fault.ShorterBody(10_000),
        ["wrong Content-Range"] = Fault.WrongContentRange,
        ["no ETag"] = Fault.NoETag,
        ["headers twice"] = Fault.DuplicateHeaders,
        ["whole instead of range"] = Fault.WholeInsteadOfRange,
        ["trickle"] = Fault.Trickle(100, TimeSpan.FromMilliseconds(50)),
        ["corrupt"] = Fault.Corrupt(45_000),
    };

    public static readonly TheoryData<string, int> Cases = new(from fault in Faults.Keys from size in new[] { Small, Large } select (fault, size));

    public static readonly TheoryData<string> Names = [.. Faults.Keys];

    // What is right in all but its form, so that it may be taken.
    private static readonly string[] Bearable = ["whole instead of range"];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fault_that_each_range_meets_once_costs_no_attempt(string fault, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres, PatienceWith(fault));
        var jp2 = world.Put("foo", size);
        world.S3.Script = FirstOfEachPart(Faults[fault]);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertCopiedAsync(jp2, view);
        // Bytes that were changed on the way show only when all are there.
        if (fault != "corrupt")
            Assert.DoesNotContain(world.Worker.Log, l => l.Contains("failed (attempt", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fault_of_every_other_request_passes(string fault)
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Plans:MaxAttempts=20", "Copying:PartTries=6", PatienceWith(fault));
        var jp2 = world.Put("foo", Large);
        world.S3.Script = FaultScript.EveryNth(2, Faults[fault]);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fault_that_never_passes_ends_as_a_dead_plan_that_says_why(string fault, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Plans:MaxAttempts=2", "Copying:PartTries=2", PatienceWith(fault));
        var jp2 = world.Put("foo", size);
        world.S3.Script = FaultScript.Always(Faults[fault]);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        if (view.State == AssetState.Present)
        {
            Assert.Contains(fault, Bearable);
            await world.AssertCopiedAsync(jp2, view);
            return;
        }

        Assert.Equal(AssetState.Dead, view.State);
        Assert.Contains("s3://pics/foo", view.Plan!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", view.Plan.Reason, StringComparison.Ordinal);
        Assert.False(world.IsStored(CopyWorld.Id));
        await world.AssertQuietAsync();
        await world.Worker.SweepAsync();
        Assert.Empty(world.Leftovers());
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
        await using var world = await CopyWorld.StartAsync(postgres, "Copying:PartTries=1", "Plans:MaxAttempts=1", CopyWorker.Impatient);
        var old = world.Put("foo", Large);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        world.Put("foo", Large, seed: 2);

        foreach (var fault in Faults.Values.Except([Faults["whole instead of range"]]))
        {
            world.S3.Script = FaultScript.Always(fault);
            await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
            Assert.True(old.AsSpan().SequenceEqual(world.Stored(CopyWorld.Id)));
        }

        await world.AssertQuietAsync();
    }

    private static string PatienceWith(string fault) =>
        fault == "trickle" || fault.StartsWith("silence", StringComparison.Ordinal) ? CopyWorker.Impatient : "Copying:StallTimeout=00:00:10";

    // What goes on where a try broke off is another range, and has done nothing wrong.
    private static Func<FaultyRequest, Fault?> FirstOfEachPart(Fault fault) => request =>
        request.NumberOfRange == 1 && request.Range is { } range && long.Parse(range["bytes=".Length..range.IndexOf('-', StringComparison.Ordinal)], CultureInfo.InvariantCulture) % CopyWorld.PartSize == 0
            ? fault : null;
}
