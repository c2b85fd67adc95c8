using System.Buffers.Binary;

namespace Understudy.Copying.Images;

/// <summary>A JPEG (ITU-T T.81), lightly: segments up to the scan, a frame header with the size, the end marker as the last bytes.</summary>
internal static class Jpeg
{
    public static string? Check(Region file, out ImageFacts? facts)
    {
        facts = null;
        for (var offset = 2L; ;)
        {
            if (file.Read(offset, 2, "a JPEG marker", out var bytes) is { } fault)
                return fault;
            if (bytes[0] != 0xFF)
                return $"offset {offset} should hold a JPEG marker, but holds {bytes[0]:X2}{bytes[1]:X2}";
            var marker = bytes[1];
            if (marker == 0xFF) // A fill byte (B.1.1.2).
            {
                offset++;
                continue;
            }

            if (marker == 0xDA)
                return facts is null ? $"the scan at offset {offset} has no frame header (SOF) before it" : Ending(file);
            if (marker is 0xD8 or 0xD9 or 0x00)
                return $"marker FF{marker:X2} at offset {offset} does not belong before the scan";
            if (file.Read(offset + 2, 2, "the length of a JPEG segment", out bytes) is { } cut)
                return cut;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (length < 2)
                return $"marker FF{marker:X2} at offset {offset} has length {length}; the least is 2";
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && Frame(file, offset, out facts) is { } wrong)
                return wrong;
            offset += 2 + length;
        }
    }

    private static string? Frame(Region file, long offset, out ImageFacts? facts)
    {
        facts = null;
        if (file.Read(offset, 10, "the frame header (SOF)", out var bytes) is { } fault)
            return fault;
        int depth = bytes[4], components = bytes[9];
        int height = BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]), width = BinaryPrimitives.ReadUInt16BigEndian(bytes[7..]);
        if (width == 0 || height == 0 || components == 0 || depth == 0)
            return $"the frame header (SOF) at offset {offset} says {width}x{height}, {components} components, {depth} bit";
        facts = new ImageFacts(ImageFormat.Jpeg, width, height, width, height, 0, components, depth);
        return null;
    }

    private static string? Ending(Region file)
    {
        if (file.Read(file.End - 2, 2, "the end marker", out var bytes) is { } fault)
            return fault;
        return bytes is [0xFF, 0xD9]
            ? null
            : $"the last two bytes, at offset {file.End - 2}, should be FFD9 (EOI), but are {Convert.ToHexString(bytes)}";
    }
}
