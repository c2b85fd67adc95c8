using System.Buffers.Binary;

namespace Understudy.Copying.Checksums;

/// <summary>The CRC that a kind names. Unlike the hashes, the CRCs of parts can be joined, in whatever order the parts came.</summary>
internal static class Crc
{
    public static bool Is(ChecksumKind kind) => kind is ChecksumKind.Crc32C or ChecksumKind.Crc32 or ChecksumKind.Crc64Nvme;

    /// <exception cref="ArgumentOutOfRangeException">The kind is no CRC.</exception>
    public static ulong Append(ChecksumKind kind, ulong crc, ReadOnlySpan<byte> data) => kind switch
    {
        ChecksumKind.Crc32C => Crc32C.Append((uint)crc, data),
        ChecksumKind.Crc32 => Crc32.Append((uint)crc, data),
        ChecksumKind.Crc64Nvme => Crc64Nvme.Append(crc, data),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a CRC"),
    };

    /// <exception cref="ArgumentOutOfRangeException">The kind is no CRC.</exception>
    public static ulong Combine(ChecksumKind kind, ulong crcA, ulong crcB, long lengthB) => kind switch
    {
        ChecksumKind.Crc32C => Crc32C.Combine((uint)crcA, (uint)crcB, lengthB),
        ChecksumKind.Crc32 => Crc32.Combine((uint)crcA, (uint)crcB, lengthB),
        ChecksumKind.Crc64Nvme => Crc64Nvme.Combine(crcA, crcB, lengthB),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a CRC"),
    };

    /// <summary>Big-endian, as S3 encodes them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is no CRC.</exception>
    public static byte[] ToBytes(ChecksumKind kind, ulong crc)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, crc);
        return kind switch
        {
            ChecksumKind.Crc32C or ChecksumKind.Crc32 => bytes[4..],
            ChecksumKind.Crc64Nvme => bytes,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a CRC"),
        };
    }
}
