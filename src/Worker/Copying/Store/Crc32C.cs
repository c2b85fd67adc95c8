using System.Buffers.Binary;
using System.Numerics;

namespace Understudy.Copying.Store;

/// <summary>CRC-32C (Castagnoli, RFC 3720 B.4), by the processor's own instruction. Against torn and rotten bytes, not against malice.</summary>
internal static class Crc32C
{
    /// <param name="previous">The CRC of the bytes before these.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint previous = 0)
    {
        var crc = ~previous;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
