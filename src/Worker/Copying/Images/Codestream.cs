using System.Buffers.Binary;

namespace Understudy.Copying.Images;

/// <summary>A JPEG 2000 codestream: SOC, the main header, tile-parts end to end, EOC as its very last bytes.</summary>
internal static class Codestream
{
    public static string? Check(Region codestream, out ImageFacts? facts)
    {
        facts = null;
        if (Start(codestream) is { } fault)
            return fault;

        var header = new MainHeader(codestream);
        if (header.Check() is { } wrong)
            return wrong;
        if (TileParts.Check(codestream, header.End, header.Size.Tiles) is { } broken)
            return broken;

        var size = header.Size;
        facts = new ImageFacts(
            ImageFormat.Codestream, size.Width, size.Height, size.TileWidth, size.TileHeight, header.Levels, size.Components, size.BitDepth);
        return null;
    }

    private static string? Start(Region codestream)
    {
        if (codestream.Read(codestream.Start, 2, "the codestream", out var bytes) is { } fault)
            return fault;
        var marker = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return marker == Marker.StartOfCodestream
            ? null
            : $"the codestream at offset {codestream.Start} should start with FF4F (SOC), but starts with {marker:X4}";
    }
}
