using System.Buffers.Binary;
using System.Numerics;

namespace Understudy.Copying.Checksums;

/// <summary>CRC-32C (Castagnoli, RFC 3720). The CRC of nothing is 0; append piece by piece, or combine pieces hashed apart.</summary>
internal static class Crc32C
{
    private static readonly ReflectedCrc Arithmetic = new(32, 0x82F6_3B78);

    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        if (data.Length >= ReflectedCrc.FoldsFrom)
            return (uint)Arithmetic.Append(crc, data);

        // x64 and Arm64 have an instruction for this polynomial: 10 GB/s a core in one stream.
        crc = ~crc;
        for (; data.Length >= 8; data = data[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    public static uint Combine(uint crcA, uint crcB, long lengthB) => (uint)Arithmetic.Combine(crcA, crcB, lengthB);
}
