using Understudy.Copying.Checksums;
using Understudy.Warming.Planning;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Understudy.Warming.Verification;

/// <summary>A PNG (ISO/IEC 15948) from its signature through every chunk, with their checksums, to IEND.</summary>
internal static class PngBody
{
    private const int ChunkFrame = 12; // Length, type and CRC.

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static BadAnswer? Measure(ReadOnlySpan<byte> body, out PixelSize size)
    {
        size = default;
        if (!body.StartsWith(Signature))
            return Bad.Start(body, "a PNG");

        var hasData = false;
        for (var offset = Signature.Length; ;)
        {
            var chunk = body[offset..];
            if (chunk.Length < ChunkFrame || ReadUInt32BigEndian(chunk) > chunk.Length - ChunkFrame)
                return Bad.Cut(body, "its end (IEND)");
            var length = (int)ReadUInt32BigEndian(chunk);
            var type = chunk.Slice(4, 4);
            if (ReadUInt32BigEndian(chunk[(8 + length)..]) != Crc32.Append(0, chunk.Slice(4, 4 + length)))
                return Bad.Structure($"the chunk {FirstBytes.Of(type)} at offset {offset} does not have the checksum that it says");

            if (size == default)
            {
                if (!type.SequenceEqual("IHDR"u8) || length != 13)
                    return Bad.Structure($"it does not begin with a header (IHDR), but with {FirstBytes.Of(type)} of {length} bytes");
                if (Size(chunk.Slice(8, length), out size) is { } wrong)
                    return wrong;
            }

            offset += ChunkFrame + length;
            hasData |= type.SequenceEqual("IDAT"u8) && length > 0;
            if (type.SequenceEqual("IEND"u8))
                return hasData ? Bad.Trailing(body, offset, "IEND") : Bad.Structure("it ends without image data (IDAT)");
        }
    }

    private static BadAnswer? Size(ReadOnlySpan<byte> header, out PixelSize size)
    {
        var (width, height) = (ReadUInt32BigEndian(header), ReadUInt32BigEndian(header[4..]));
        var possible = width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue;
        size = possible ? new PixelSize((int)width, (int)height) : default;
        return possible ? null : Bad.Structure($"its header (IHDR) says {width}x{height}");
    }
}
