using System.Buffers.Binary;

namespace Understudy.Copying.Images;

/// <summary>The SIZ segment: the image and its tiles lie on one reference grid, each with an origin of its own (annex B.2, B.3).</summary>
internal sealed record ImageSize(
    int Width, int Height, int TileWidth, int TileHeight, int Tiles, int Components, int BitDepth, bool IsPart2)
{
    // A tile's number has 16 bits, and 65,535 is not used (table A.5).
    private const int MaxTiles = 65_535;

    public static string? Read(Region codestream, Segment siz, out ImageSize? size)
    {
        size = null;
        if (codestream.Read(siz.Start, 43, "the image size (SIZ)", out var bytes) is { } fault)
            return fault;

        var at = $"the image size (SIZ) at offset {siz.Start}";
        var capabilities = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var (x, y) = (Number(bytes, 0), Number(bytes, 1));
        var (left, top) = (Number(bytes, 2), Number(bytes, 3));
        var (tileWidth, tileHeight) = (Number(bytes, 4), Number(bytes, 5));
        var (tileLeft, tileTop) = (Number(bytes, 6), Number(bytes, 7));
        int components = BinaryPrimitives.ReadUInt16BigEndian(bytes[38..]);
        var depth = (bytes[40] & 0x7F) + 1;

        if (x <= left || y <= top || x - left > int.MaxValue || y - top > int.MaxValue)
            return $"{at} says an image from {left},{top} to {x},{y}, which has no area or too much";
        if (tileWidth == 0 || tileHeight == 0)
            return $"{at} says tiles of {tileWidth}x{tileHeight}";
        if (tileLeft > left || tileTop > top || tileLeft + tileWidth <= left || tileTop + tileHeight <= top)
            return $"{at} says a first tile at {tileLeft},{tileTop} of {tileWidth}x{tileHeight}, which misses the image at {left},{top}";
        if (siz.End - siz.Start != 40 + 3 * components || components is 0 or > 16_384)
            return $"{at} is {siz.End - siz.Start} bytes long; {40 + 3 * components} are right for its {components} components (1 to 16384)";

        var (across, down) = (DivideUp(x - tileLeft, tileWidth), DivideUp(y - tileTop, tileHeight));
        if (across > MaxTiles || down > MaxTiles || across * down > MaxTiles)
            return $"{at} says {across}x{down} tiles; the most is {MaxTiles} in all";

        size = new ImageSize(
            (int)(x - left), (int)(y - top), ToInt(tileWidth), ToInt(tileHeight), (int)(across * down), components, depth, (capabilities & 0x8000) != 0);
        return Samples(codestream, siz.Start, components);
    }

    private static string? Samples(Region codestream, long siz, int components)
    {
        for (var i = 0; i < components; i++)
        {
            var offset = siz + 40 + 3 * i;
            if (codestream.Read(offset, 3, "a component", out var bytes) is { } fault)
                return fault;
            if ((bytes[0] & 0x7F) > 37 || bytes[1] == 0 || bytes[2] == 0)
                return $"component {i} at offset {offset} says {(bytes[0] & 0x7F) + 1} bits (1 to 38) and one sample in {bytes[1]}x{bytes[2]}";
        }

        return null;
    }

    private static long Number(ReadOnlySpan<byte> siz, int index) => BinaryPrimitives.ReadUInt32BigEndian(siz[(6 + 4 * index)..]);

    private static long DivideUp(long size, long by) => (size + by - 1) / by;

    private static int ToInt(long tile) => (int)Math.Min(tile, int.MaxValue);
}
