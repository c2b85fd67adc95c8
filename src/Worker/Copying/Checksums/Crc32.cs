namespace Understudy.Copying.Checksums;

/// <summary>CRC-32 (IEEE 802.3, the one of zip). The CRC of nothing is 0; append piece by piece, or combine pieces hashed apart.</summary>
internal static class Crc32
{
    private static readonly ReflectedCrc Arithmetic = new(32, 0xEDB8_8320);

    public static uint Append(uint crc, ReadOnlySpan<byte> data) => (uint)Arithmetic.Append(crc, data);

    public static uint Combine(uint crcA, uint crcB, long lengthB) => (uint)Arithmetic.Combine(crcA, crcB, lengthB);
}
