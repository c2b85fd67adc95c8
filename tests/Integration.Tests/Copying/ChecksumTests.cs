using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>What the source says its bytes amount to is what decides.</summary>
public sealed class ChecksumTests(PostgresServer postgres)
{
    private const int Small = 50_000;
    private const int Large = 500_000;

    public static readonly TheoryData<string, int> Kinds = new(
        from kind in new[] { "md5", "sha256", "sha1", "crc32", "crc32c", "crc64nvme" } from size in new[] { Small, Large } select (kind, size));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_that_match_the_checksum_are_published(string kind, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", With(kind, jp2));

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
        Assert.Equal(size, world.S3.Traffic.BytesSent("foo"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_that_were_changed_on_the_way_are_never_published(string kind, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", With(kind, jp2));
        world.S3.Script = FaultScript.Always(Fault.Corrupt(size - 100));

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, Contracts.Fault.Failed, "the bytes received have", "the source says");
        Assert.False(world.IsStored(CopyWorld.Id));
        Assert.Empty(world.Leftovers());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_that_were_changed_once_are_right_the_next_time(string kind, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(size, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", With(kind, jp2));
        world.S3.Script = FaultScript.Get(FaultScript.FirstOfEachRange(1, Fault.Corrupt(size - 100)));

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
    }

    [Fact]
    public async Task Reason_names_both_values()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Small, seed: 1);
        var wrong = Convert.ToBase64String(ReferenceChecksum.Of("crc32c", [1, 2, 3]));
        var right = Convert.ToBase64String(ReferenceChecksum.Of("crc32c", jp2));
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.OfParts(jp2, 1000) with
        {
            Checksums = new Dictionary<string, string> { ["x-amz-checksum-crc32c"] = wrong, ["x-amz-checksum-type"] = "FULL_OBJECT" },
        });

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), Contracts.Fault.Failed, wrong, right);
    }

    [Theory]
    [InlineData("x-amz-server-side-encryption", "aws:kms")]
    [InlineData("x-amz-server-side-encryption", "aws:kms:dsse")]
    [InlineData("x-amz-server-side-encryption-customer-algorithm", "AES256")]
    [InlineData("x-amz-storage-class", "EXPRESS_ONEZONE")]
    public async Task Tag_that_only_looks_like_an_MD5_is_not_taken_for_one(string header, string value)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Large, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.Of(jp2) with
        {
            ETag = "\"0123456789abcdef0123456789abcdef\"",
            Headers = new Dictionary<string, string> { [header] = value },
        });

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
    }

    [Fact]
    public async Task Checksum_that_cannot_be_asked_for_is_asked_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Large, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.OfParts(jp2, 100_000).WithChecksum("sha256"));
        world.S3.Script = FaultScript.Any(
            r => r.Method == "HEAD" && r.NumberOfKey == 1 ? Fault.InternalError : null,
            r => r.Method == "HEAD" && r.NumberOfKey == 2 ? Fault.ResetBeforeHeaders : null,
            FaultScript.Get(FaultScript.Always(Fault.Corrupt(Large - 100))));

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), Contracts.Fault.Failed, "the source says");
        Assert.False(world.IsStored(CopyWorld.Id));
    }

    public static readonly TheoryData<string> HeadFaults = ["500", "silence", "reset"];

    [Theory]
    [MemberData(nameof(HeadFaults))]
    public async Task Checksum_that_can_never_be_asked_for_lets_nothing_unproved_through(string fault)
    {
        await using var world = await CopyWorld.StartAsync(postgres, fault == "silence" ? [CopyWorker.Impatient] : []);
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.OfParts(SyntheticJp2.Bytes(Large, seed: 1), 100_000).WithChecksum("sha256"));
        world.S3.Script = r => r.Method == "GET" ? null : fault switch
        {
            "500" => Fault.InternalError,
            "silence" => Fault.StallBeforeHeaders,
            _ => Fault.ResetBeforeHeaders,
        };

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), Contracts.Fault.Failed, "checksum");
        Assert.False(world.IsStored(CopyWorld.Id));
    }

    [Fact]
    public async Task Checksum_that_may_not_be_asked_for_is_done_without()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Large, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "foo", FaultyObject.OfParts(jp2, 100_000).WithChecksum("sha256"));
        world.S3.Script = r => r.Method == "HEAD" ? Fault.AccessDenied : null;

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
    }

    // The ETag proves nothing but in the MD5's own case.
    private static FaultyObject With(string kind, byte[] bytes) =>
        kind == "md5" ? FaultyObject.Of(bytes) : FaultyObject.OfParts(bytes, 100_000).WithChecksum(kind);
}
