using System.Buffers.Binary;

namespace Understudy.Bench.Warm.Warmer;

/// <summary>A grey baseline JPEG (ITU-T T.81) of any size that decodes: each block is two zero bits. A comment makes it as long as a tile of a picture.</summary>
internal static class FlatJpeg
{
    /// <summary>About what a tile of 512 × 512 of a photograph has.</summary>
    public const int UsualBytes = 24 << 10;

    public static byte[] Of(int width, int height)
    {
        var scan = Scan(width, height);
        var jpeg = new List<byte>();
        jpeg.AddRange([0xFF, 0xD8]);
        Segment(jpeg, 0xDB, [0, .. Enumerable.Repeat((byte)16, 64)]);
        Segment(jpeg, 0xC0, [8, .. Number(height), .. Number(width), 1, 1, 0x11, 0]);
        // One code of one bit in each table: no difference to the block before, and no more of this block.
        Segment(jpeg, 0xC4, [0x00, 1, .. new byte[15], 0]);
        Segment(jpeg, 0xC4, [0x10, 1, .. new byte[15], 0]);
        if (UsualBytes - jpeg.Count - scan.Length > 16)
            Segment(jpeg, 0xFE, new byte[UsualBytes - jpeg.Count - scan.Length - 16]);
        Segment(jpeg, 0xDA, [1, 1, 0, 0, 63, 0]);
        jpeg.AddRange(scan);
        jpeg.AddRange([0xFF, 0xD9]);
        return [.. jpeg];
    }

    private static byte[] Scan(int width, int height)
    {
        var bits = 2 * ((width + 7) / 8) * ((height + 7) / 8);
        var scan = new byte[(bits + 7) / 8];
        // What is left of the last byte is filled with ones (F.1.2.3).
        if (bits % 8 != 0)
            scan[^1] = (byte)((1 << (8 - (bits % 8))) - 1);
        return scan;
    }

    private static void Segment(List<byte> jpeg, byte marker, byte[] content)
    {
        jpeg.AddRange([0xFF, marker]);
        jpeg.AddRange(Number(content.Length + 2));
        jpeg.AddRange(content);
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
