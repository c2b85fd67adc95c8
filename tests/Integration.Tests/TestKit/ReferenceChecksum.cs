#pragma warning disable CA5350 // SHA-1 is one of S3's checksums.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>S3's checksums bit by bit: slow, plain, and written apart from the code that they are to test.</summary>
internal static class ReferenceChecksum
{
    /// <returns>The bytes whose base64 S3 sends: big-endian for the CRCs.</returns>
    public static byte[] Of(string algorithm, byte[] bytes) => algorithm switch
    {
        "sha256" => SHA256.HashData(bytes),
        "sha1" => SHA1.HashData(bytes),
        "crc32" => BigEndian((uint)Crc(bytes, 0xEDB88320, uint.MaxValue)),
        "crc32c" => BigEndian((uint)Crc(bytes, 0x82F63B78, uint.MaxValue)),
        "crc64nvme" => BigEndian(Crc(bytes, 0x9A6C9329AC4BC9B5, ulong.MaxValue)),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "no checksum of S3"),
    };

    private static ulong Crc(byte[] bytes, ulong reflectedPolynomial, ulong ones)
    {
        var crc = ones;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ reflectedPolynomial;
        }

        return crc ^ ones;
    }

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] BigEndian(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
