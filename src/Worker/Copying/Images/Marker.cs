using System.Buffers.Binary;

namespace Understudy.Copying.Images;

/// <summary>The markers of ISO/IEC 15444-1, annex A, that the frame of a codestream is made of.</summary>
internal static class Marker
{
    public const int StartOfCodestream = 0xFF4F; // SOC
    public const int Size = 0xFF51; // SIZ
    public const int CodingStyle = 0xFF52; // COD
    public const int Quantization = 0xFF5C; // QCD
    public const int StartOfTilePart = 0xFF90; // SOT
    public const int StartOfData = 0xFF93; // SOD
    public const int EndOfCodestream = 0xFFD9; // EOC
}

/// <summary>A marker in a header, and how far its parameters go.</summary>
internal readonly record struct Segment(int Marker, long Start, long End)
{
    public static string? Read(Region header, long offset, out Segment segment)
    {
        segment = default;
        if (header.Read(offset, 2, "a marker", out var bytes) is { } fault)
            return fault;

        int marker = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (!BelongsInHeader(marker))
            return $"marker {marker:X4} at offset {offset} should be one of a JPEG 2000 header (FF30 to FFBF)";

        if (marker is Images.Marker.StartOfData or (>= 0xFF30 and <= 0xFF3F)) // These have no parameters (table A.1).
        {
            segment = new Segment(marker, offset, offset + 2);
            return null;
        }

        if (header.Read(offset + 2, 2, $"the length of marker {marker:X4}", out bytes) is { } cut)
            return cut;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (length < 2)
            return $"marker {marker:X4} at offset {offset} has length {length}; the least is 2";
        if (length > header.End - offset - 2)
            return $"marker {marker:X4} at offset {offset} has length {length}, but its header must end by {header.End}";

        segment = new Segment(marker, offset, offset + 2 + length);
        return null;
    }

    // Wide, because Part 2 and Part 15 (HTJ2K) add markers; those of other standards (FF00, FFC0 and up) are left out.
    private static bool BelongsInHeader(int marker) =>
        marker is >= 0xFF30 and <= 0xFFBF and not Images.Marker.StartOfCodestream;
}
