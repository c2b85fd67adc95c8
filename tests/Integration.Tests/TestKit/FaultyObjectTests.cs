#pragma warning disable CA5351 // S3's ETags are MD5s.
using System.Security.Cryptography;
using System.Text;

namespace Understudy.Integration.Tests.TestKit;

public sealed class FaultyObjectTests
{
    [Theory]
    [InlineData("crc32", "cbf43926")]
    [InlineData("crc32c", "e3069283")]
    [InlineData("crc64nvme", "ae8b14860a799888")]
    public void Reference_checksums_have_the_catalogued_check_values(string algorithm, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(ReferenceChecksum.Of(algorithm, Encoding.ASCII.GetBytes("123456789"))));

    [Fact]
    public void Object_in_parts_has_an_etag_of_the_parts_form()
    {
        var bytes = FaultyObject.Generated(300_000, seed: 1).Bytes(0, 300_000);
        var parts = MD5.HashData(bytes.AsSpan(0, 200_000)).Concat(MD5.HashData(bytes.AsSpan(200_000))).ToArray();
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(parts))}-2\"", FaultyObject.OfParts(bytes, 200_000).ETag);
    }

    [Fact]
    public void Generated_object_is_the_same_in_any_pieces_and_needs_no_memory()
    {
        var huge = FaultyObject.Generated(1L << 42, seed: 3);
        var far = huge.Bytes((1L << 41) + 3, 50_000);
        Assert.Equal(huge.Bytes((1L << 41) + 20_000, 100), far[19_997..20_097]);
        Assert.NotEqual(huge.Bytes(0, 100), FaultyObject.Generated(1L << 42, seed: 4).Bytes(0, 100));
    }
}
