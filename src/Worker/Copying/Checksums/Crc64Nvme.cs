namespace Understudy.Copying.Checksums;

/// <summary>
/// CRC-64/NVME, which S3 adds to what is uploaded without a checksum. The CRC of nothing is 0; append piece by piece, or combine
/// pieces hashed apart.
/// </summary>
internal static class Crc64Nvme
{
    private static readonly ReflectedCrc Arithmetic = new(64, 0x9A6C_9329_AC4B_C9B5);

    public static ulong Append(ulong crc, ReadOnlySpan<byte> data) => Arithmetic.Append(crc, data);

    public static ulong Combine(ulong crcA, ulong crcB, long lengthB) => Arithmetic.Combine(crcA, crcB, lengthB);
}
