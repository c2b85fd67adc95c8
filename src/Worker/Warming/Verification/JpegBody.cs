using Understudy.Warming.Planning;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Understudy.Warming.Verification;

/// <summary>
/// A JPEG (ITU-T T.81) from SOI through every segment and scan to EOI, which must be its last two bytes. The copier's look at a JPEG
/// stops at the first scan, for it must not read all of a large file; a tile is small, and one that was cut between the scans of a progressive
/// JPEG may end like a whole one.
/// </summary>
internal static class JpegBody
{
    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;

    public static BadAnswer? Measure(ReadOnlySpan<byte> body, out PixelSize size)
    {
        size = default;
        if (!body.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]))
            return Bad.Start(body, "a JPEG (FFD8FF)");

        var scanned = false;
        for (var offset = 2; ;)
        {
            if (offset + 2 > body.Length)
                return Bad.Cut(body, "the end marker (EOI)");
            if (body[offset] != 0xFF)
                return Bad.Structure($"offset {offset} should hold a marker, but holds {body[offset]:X2}{body[offset + 1]:X2}");

            var marker = body[offset + 1];
            if (marker == 0xFF) // A fill byte (B.1.1.2).
            {
                offset++;
                continue;
            }

            if (marker == EndOfImage)
                return scanned ? Bad.Trailing(body, offset + 2, "the end marker (EOI)") : Bad.Structure($"it ends at offset {offset} without a scan");
            if (marker is 0x00 or 0x01 or (>= 0xD0 and <= StartOfImage)) // None of these has a length (table B.1).
                return Bad.Structure($"marker FF{marker:X2} at offset {offset} does not belong there");
            if (offset + 4 > body.Length)
                return Bad.Cut(body, $"the length of marker FF{marker:X2}");
            var length = ReadUInt16BigEndian(body[(offset + 2)..]);
            if (length < 2)
                return Bad.Structure($"marker FF{marker:X2} at offset {offset} has length {length}; the least is 2");
            if (offset + 2 + length > body.Length)
                return Bad.Cut(body, $"the segment of marker FF{marker:X2}");

            if (IsFrame(marker) && Frame(body.Slice(offset + 4, length - 2), ref size) is { } wrong)
                return wrong;
            if (marker == StartOfScan && size == default)
                return Bad.Structure($"the scan at offset {offset} has no frame header (SOF) before it");
            offset += 2 + length;
            if (marker == StartOfScan)
            {
                offset = AfterScan(body, offset);
                scanned = true;
            }
        }
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static BadAnswer? Frame(ReadOnlySpan<byte> frame, ref PixelSize size)
    {
        if (size != default)
            return Bad.Structure("it has two frame headers (SOF)");
        if (frame.Length < 6)
            return Bad.Structure($"its frame header (SOF) has {frame.Length} bytes");
        size = new PixelSize(ReadUInt16BigEndian(frame[3..]), ReadUInt16BigEndian(frame[1..]));
        return size.Area > 0 ? null : Bad.Structure($"its frame header (SOF) says {size}");
    }

    // In the data of a scan FF is followed by 00; restart markers (FFD0 to FFD7) belong to the scan (B.1.1.5).
    private static int AfterScan(ReadOnlySpan<byte> body, int offset)
    {
        while (body[offset..].IndexOf((byte)0xFF) is >= 0 and var found && offset + found + 1 < body.Length)
        {
            offset += found;
            if (body[offset + 1] is not (0x00 or (>= 0xD0 and <= 0xD7)))
                return offset;
            offset += 2;
        }

        return body.Length;
    }
}
