using Understudy.Warming.Planning;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Understudy.Warming.Verification;

/// <summary>A GIF (87a, 89a) from its signature through every block to the trailer.</summary>
internal static class GifBody
{
    private const byte Extension = 0x21, Image = 0x2C, Trailer = 0x3B;
    private const int ScreenLength = 13, ImageLength = 10;

    public static BadAnswer? Measure(ReadOnlySpan<byte> body, out PixelSize size)
    {
        size = default;
        if (!body.StartsWith("GIF87a"u8) && !body.StartsWith("GIF89a"u8))
            return Bad.Start(body, "a GIF");
        if (body.Length < ScreenLength)
            return Bad.Cut(body, "the screen descriptor");
        size = new PixelSize(ReadUInt16LittleEndian(body[6..]), ReadUInt16LittleEndian(body[8..]));

        var hasImage = false;
        for (var offset = ScreenLength + ColourTable(body[10]); offset < body.Length;)
        {
            switch (body[offset])
            {
                case Extension:
                    offset = AfterBlocks(body, offset + 2);
                    break;
                case Image when offset + ImageLength <= body.Length:
                    offset = AfterBlocks(body, offset + ImageLength + ColourTable(body[offset + 9]) + 1); // One byte: how wide a code is.
                    hasImage = true;
                    break;
                case Image:
                    return Bad.Cut(body, "an image descriptor");
                case Trailer:
                    return hasImage ? Bad.Trailing(body, offset + 1, "the trailer") : Bad.Structure("it ends without an image");
                default:
                    return Bad.Structure($"offset {offset} should hold a block, but holds {body[offset]:X2}");
            }
        }

        return Bad.Cut(body, "the trailer");
    }

    private static int ColourTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 0x07) + 1);

    private static int AfterBlocks(ReadOnlySpan<byte> body, int offset)
    {
        while (offset < body.Length && body[offset] != 0)
            offset += 1 + body[offset];
        return offset + 1;
    }
}
