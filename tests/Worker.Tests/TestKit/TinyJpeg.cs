using System.Buffers.Binary;

namespace Understudy.Worker.Tests.TestKit;

/// <summary>A grey JPEG of any size, small and really valid: each block of 8x8 pixels takes two bits.</summary>
internal static class TinyJpeg
{
    public static byte[] Of(int width, int height) => Of(width, height, look: 0);

    /// <param name="look">Stands in a comment, so that pictures of one size can be told apart.</param>
    public static byte[] Of(int width, int height, byte look)
    {
        using var jpeg = new MemoryStream();
        Start(jpeg, 0xC0, width, height);
        if (look > 0)
            Segment(jpeg, 0xFE, [look]);
        Table(jpeg, 0x00);
        Table(jpeg, 0x10);
        Scan(jpeg, first: 0, last: 63, bits: 2L * Blocks(width) * Blocks(height));
        return End(jpeg);
    }

    /// <returns>0: it has none.</returns>
    public static byte LookOf(ReadOnlySpan<byte> jpeg) => jpeg.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xFE]) is > 0 and var comment ? jpeg[comment + 4] : (byte)0;

    /// <summary>Two scans with a table between them, as Cantaloupe writes where <c>processor.jpg.progressive</c> is on.</summary>
    public static byte[] Progressive(int width, int height)
    {
        using var jpeg = new MemoryStream();
        Start(jpeg, 0xC2, width, height);
        Table(jpeg, 0x00);
        Scan(jpeg, first: 0, last: 0, bits: (long)Blocks(width) * Blocks(height));
        Table(jpeg, 0x10);
        Scan(jpeg, first: 1, last: 63, bits: (long)Blocks(width) * Blocks(height));
        return End(jpeg);
    }

    /// <summary>With another JPEG inside a segment before its frame, as cameras write.</summary>
    public static byte[] WithThumbnail(int width, int height)
    {
        using var segment = new MemoryStream();
        Segment(segment, 0xE1, [.. "Exif\0\0"u8, .. Of(16, 12)]);
        return [0xFF, 0xD8, .. segment.ToArray(), .. Of(width, height).AsSpan(2)];
    }

    private static int Blocks(int pixels) => (pixels + 7) / 8;

    private static void Start(MemoryStream jpeg, byte frame, int width, int height)
    {
        jpeg.Write([0xFF, 0xD8]);
        Segment(jpeg, 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        Segment(jpeg, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(jpeg, frame, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]);
    }

    // One code, a single 0: no difference to the block before, or the end of a block.
    private static void Table(MemoryStream jpeg, byte id) => Segment(jpeg, 0xC4, [id, 1, .. new byte[15], 0]);

    private static void Scan(MemoryStream jpeg, byte first, byte last, long bits)
    {
        Segment(jpeg, 0xDA, [1, 1, 0, first, last, 0]);
        jpeg.Write(new byte[bits / 8]);
        if (bits % 8 > 0)
            jpeg.WriteByte((byte)(0xFF >> (int)(bits % 8)));
    }

    private static byte[] End(MemoryStream jpeg)
    {
        jpeg.Write([0xFF, 0xD9]);
        return jpeg.ToArray();
    }

    private static void Segment(MemoryStream jpeg, byte marker, byte[] content)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(content.Length + 2));
        jpeg.Write([0xFF, marker, .. length, .. content]);
    }
}
