using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>What was fetched once need not be fetched again, however the attempt ended.</summary>
public sealed class SalvageTests(PostgresServer postgres)
{
    private const int Size = 3_000_000;

    // Few connections, so that little is under way when all is cut off; no second try unless a test asks for it.
    private static readonly string[] Settings =
    [
        "Flow:MinConnections=1", "Flow:StartConnections=4", "Flow:MaxConnections=4", "Copying:PartTries=1",
        "Plans:RetryDelay=00:30:00", "Plans:MaxRetryDelay=01:00:00", "Plans:MaxAttempts=9",
        // A busy machine is no source that hangs.
        "Copying:StallTimeout=00:01:00",
    ];

    [Fact]
    public async Task Attempt_after_a_failure_fetches_what_is_missing()
    {
        await using var world = await CopyWorld.StartAsync(postgres, Settings);
        var jp2 = world.Put("foo", Size);
        await FailHalfWayAsync(world);

        var again = await FetchedAsync(world, () => RetryAsync(world));

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.InRange(again, 1, Size * 6 / 10);
        Assert.Empty(world.Leftovers());
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("crc32")]
    [InlineData("crc64nvme")]
    public async Task Salvaged_parts_count_for_every_checksum(string kind)
    {
        await using var world = await CopyWorld.StartAsync(postgres, Settings);
        var jp2 = SyntheticJp2.Bytes(Size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.OfParts(jp2, 1 << 20).WithChecksum(kind));
        await FailHalfWayAsync(world);

        var again = await FetchedAsync(world, () => RetryAsync(world));

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.InRange(again, 1, Size * 6 / 10);
    }

    [Fact]
    public async Task Second_failure_in_a_row_loses_nothing_either()
    {
        await using var world = await CopyWorld.StartAsync(postgres, Settings);
        var jp2 = world.Put("foo", Size);
        await FailHalfWayAsync(world);
        await FailAsync(world, after: world.S3.Traffic.BytesSent("foo") + Size / 4, attempts: 2);

        var again = await FetchedAsync(world, () => RetryAsync(world));

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.InRange(again, 1, Size * 4 / 10);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Attempt_that_never_got_an_answer_loses_nothing_either()
    {
        await using var world = await CopyWorld.StartAsync(postgres, Settings);
        var jp2 = world.Put("foo", Size);
        await FailHalfWayAsync(world);
        await FailAsync(world, after: 0, attempts: 2);
        await FailAsync(world, after: 0, attempts: 3);
        await world.Worker.SweepAsync();

        var again = await FetchedAsync(world, () => RetryAsync(world));

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.InRange(again, 1, Size * 6 / 10);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Worker_that_stops_in_the_middle_leaves_its_parts_to_the_next()
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var first = await world.AddWorkerAsync(Settings);
        var jp2 = world.Put("foo", Size);
        await HangHalfWayAsync(world, first);

        await world.StopAsync(first);
        world.S3.Script = FaultScript.None;
        var again = await FetchedAsync(world, async () =>
        {
            var second = await world.AddWorkerAsync(Settings);
            await second.SettledAsync(CopyWorld.Id);
        });

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.InRange(again, 1, Size * 6 / 10);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Worker_that_lost_its_lease_leaves_its_parts_to_the_next()
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var worker = await world.AddWorkerAsync(Settings);
        var jp2 = world.Put("foo", Size);
        await HangHalfWayAsync(world, worker);

        world.S3.Script = FaultScript.None;
        var again = await FetchedAsync(world, async () =>
        {
            await worker.QueryAsync<int?>("with gone as (delete from worker returning id) update plan set worker = null, due_at = now()");
            await worker.SettledAsync(CopyWorld.Id);
        });

        await world.AssertCopiedAsync(jp2, await worker.SettledAsync(CopyWorld.Id));
        Assert.InRange(again, 1, Size * 6 / 10);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Parts_of_another_version_are_not_used()
    {
        await using var world = await CopyWorld.StartAsync(postgres, Settings);
        world.Put("foo", Size, seed: 1);
        await FailHalfWayAsync(world);
        var next = world.Put("foo", Size, seed: 2);

        var again = await FetchedAsync(world, () => RetryAsync(world));

        await world.AssertCopiedAsync(next, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.Equal(Size, again);
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Parts_that_are_not_what_was_noted_are_fetched_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres, Settings);
        var jp2 = world.Put("foo", Size);
        await FailHalfWayAsync(world);
        var part = Assert.Single(Directory.GetFiles(Path.Combine(world.Store, ".understudy/copying"), "*.part"));
        await using (var file = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
        {
            for (var offset = 0L; offset < Size; offset += 3 * CopyWorld.PartSize)
            {
                file.Position = offset;
                file.WriteByte(0x42);
            }
        }

        await RetryAsync(world);

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.DoesNotContain(world.Worker.Log, l => l.Contains("the source says", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parts_are_given_up_where_there_is_no_room_for_them_beside_the_file()
    {
        await using var world = await CopyWorld.StartAsync(postgres, [.. Settings, $"Storage:MaxBytes={Size + Size / 4}"]);
        var jp2 = world.Put("foo", Size);
        await FailHalfWayAsync(world);

        await RetryAsync(world);

        await world.AssertCopiedAsync(jp2, await world.Worker.SettledAsync(CopyWorld.Id));
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Plan_that_is_given_up_leaves_its_parts_to_the_sweep()
    {
        await using var world = await CopyWorld.StartAsync(postgres, [.. Settings, "Plans:MaxAttempts=2"]);
        world.Put("foo", Size);
        await FailHalfWayAsync(world);
        await world.Worker.SweepAsync();
        Assert.Single(world.Leftovers());

        world.S3.Script = FaultScript.Always(Fault.InternalError);
        await world.Worker.QueryAsync<int?>("update plan set due_at = now()");

        await world.AssertDeadAsync(await world.Worker.SettledAsync(CopyWorld.Id), Contracts.Fault.Failed, "500");
        await world.Worker.SweepAsync();
        Assert.Empty(world.Leftovers());
    }

    private static Task FailHalfWayAsync(CopyWorld world) => FailAsync(world, Size / 2, attempts: 1);

    /// <summary>Brings the asset to where so many attempts have failed, the last one after so many bytes had been sent in all.</summary>
    private static async Task FailAsync(CopyWorld world, long after, int attempts)
    {
        world.S3.Script = r => world.S3.Traffic.BytesSent("foo") < after ? null : Fault.InternalError;
        if (attempts == 1)
            await world.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        else
            await world.Worker.Api.RetryAsync(CopyWorld.Id);
        await Eventually.TrueAsync(
            async () => await world.Worker.Api.FindAsync(CopyWorld.Id) is { State: AssetState.Pending, Plan.Fault: Contracts.Fault.Failed } view && view.Plan.DueAt > DateTimeOffset.UtcNow.AddMinutes(1),
            "failed");
        await world.AssertQuietAsync();
        world.S3.Script = FaultScript.None;
    }

    private static async Task HangHalfWayAsync(CopyWorld world, CopyWorker worker)
    {
        world.S3.Script = r => world.S3.Traffic.BytesSent("foo") < Size / 2 ? null : Fault.StallAfter(0);
        await worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await Eventually.TrueAsync(() => world.S3.Traffic.Exchanges.Count(e => e.Fault is not null) == 4, "all four connections silent");
    }

    private static Task<AssetView> RetryAsync(CopyWorld world) => world.Worker.Api.RetryAsync(CopyWorld.Id);

    private static async Task<long> FetchedAsync(CopyWorld world, Func<Task> act)
    {
        var before = world.S3.Traffic.BytesSent("foo");
        await act();
        await world.Worker.SettledAsync(CopyWorld.Id);
        return world.S3.Traffic.BytesSent("foo") - before;
    }
}
