using Understudy.Copying.Checksums;

namespace Understudy.Worker.Tests.Copying.Checksums;

public class ExpectedChecksumTests
{
    private const string MD5 = "\"25f9e794323b453885f5181f1b624d0b\"";

    [Theory]
    [InlineData("x-amz-checksum-crc32c: 4waSgw==", "Crc32C 4waSgw==")]
    [InlineData("x-amz-checksum-crc32: y/Q5Jg==", "Crc32 y/Q5Jg==")]
    [InlineData("x-amz-checksum-crc64nvme: rosUhgp5mIg=; x-amz-checksum-type: FULL_OBJECT", "Crc64Nvme rosUhgp5mIg=")]
    [InlineData("x-amz-checksum-sha1: 98O8HYCOBHMqF3L9XQ54PPTKaZs=", "Sha1 98O8HYCOBHMqF3L9XQ54PPTKaZs=")]
    [InlineData("x-amz-checksum-sha256: FeKw0+zI7uiT1ZZQDvZlfrsKKBv85T2bDZVE/zXkDpo=", "Sha256 FeKw0+zI7uiT1ZZQDvZlfrsKKBv85T2bDZVE/zXkDpo=")]
    public void FromHeaders_reads_what_S3_calls_a_full_object_checksum(string headers, string expected) =>
        Assert.Equal(expected, Read(headers)?.ToString());

    [Theory]
    [InlineData("x-amz-checksum-sha256: FeKw0+zI7uiT1ZZQDvZlfrsKKBv85T2bDZVE/zXkDpo=; x-amz-checksum-crc32: y/Q5Jg==", nameof(ChecksumKind.Crc32))]
    [InlineData("x-amz-checksum-crc64nvme: rosUhgp5mIg=; x-amz-checksum-crc32c: 4waSgw==", nameof(ChecksumKind.Crc32C))]
    [InlineData("x-amz-checksum-crc64nvme: rosUhgp5mIg=; etag: " + MD5, nameof(ChecksumKind.Crc64Nvme))]
    public void FromHeaders_takes_the_cheapest_of_several(string headers, string kind) => Assert.Equal(kind, Read(headers)?.Kind.ToString());

    [Theory]
    [InlineData("x-amz-checksum-crc32c: 4waSgw==; x-amz-checksum-type: COMPOSITE")]
    [InlineData("x-amz-checksum-crc32c: 4waSgw==; x-amz-checksum-type: composite; etag: \"25f9e794323b453885f5181f1b624d0b-2\"")]
    [InlineData("x-amz-checksum-crc32c: 4waSgw==-3")]
    [InlineData("x-amz-checksum-crc32c: rosUhgp5mIg=")]
    [InlineData("x-amz-checksum-crc64nvme: 4waSgw==")]
    [InlineData("x-amz-checksum-sha256: not base64")]
    [InlineData("x-amz-checksum-sha1: ")]
    public void FromHeaders_ignores_composite_and_malformed_checksums(string headers) => Assert.Null(Read(headers));

    [Fact]
    public void FromHeaders_a_composite_checksum_leaves_the_ETag_of_a_single_part() =>
        Assert.Equal(ChecksumKind.Md5, Read($"x-amz-checksum-crc32c: 4waSgw==-1; etag: {MD5}")?.Kind);

    [Theory]
    [InlineData("etag: " + MD5)]
    [InlineData("etag: \"25F9E794323B453885F5181F1B624D0B\"; x-amz-server-side-encryption: AES256")]
    public void FromHeaders_an_ETag_of_32_hex_digits_is_an_MD5(string headers) =>
        Assert.Equal("Md5 JfnnlDI7RTiF9RgfG2JNCw==", Read(headers)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("etag: \"25f9e794323b453885f5181f1b624d0b-7\"")]
    [InlineData("etag: \"5f8a1c2b-1d4c0\"")] // nginx: time and length
    [InlineData("etag: W/" + MD5)]
    [InlineData("etag: 25f9e794323b453885f5181f1b624d0b")]
    [InlineData("etag: \"25f9e794323b453885f5181f1b624d0g\"")]
    [InlineData("etag: " + MD5 + "; x-amz-server-side-encryption: aws:kms")]
    [InlineData("etag: " + MD5 + "; x-amz-server-side-encryption: aws:kms:dsse")]
    [InlineData("etag: " + MD5 + "; x-amz-server-side-encryption-customer-algorithm: AES256")]
    [InlineData("etag: " + MD5 + "; x-amz-storage-class: EXPRESS_ONEZONE")]
    public void FromHeaders_an_ETag_that_is_no_MD5_is_none(string headers) => Assert.Null(Read(headers));

    [Fact]
    public void Matches_compares_the_bytes()
    {
        var expected = Read("x-amz-checksum-crc32c: 4waSgw==")!;

        Assert.True(expected.Matches(Crc.ToBytes(ChecksumKind.Crc32C, Crc32C.Append(0, "123456789"u8))));
        Assert.False(expected.Matches(Crc.ToBytes(ChecksumKind.Crc32C, Crc32C.Append(0, "123456788"u8))));
    }

    private static ExpectedChecksum? Read(string headers)
    {
        var values = headers.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).ToDictionary(line => line[0], line => line[1]);
        return ExpectedChecksum.FromHeaders(name => values.GetValueOrDefault(name));
    }
}
