using Understudy.Warming.Planning;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Understudy.Warming.Verification;

/// <summary>A WebP (RFC 9649): the length in the RIFF header is the body's, the chunks fill it, and the first one has the size.</summary>
internal static class WebPBody
{
    private const int HeaderLength = 12, ChunkHeader = 8;

    public static BadAnswer? Measure(ReadOnlySpan<byte> body, out PixelSize size)
    {
        size = default;
        if (!body.StartsWith("RIFF"u8) || body.Length < HeaderLength || !body[8..].StartsWith("WEBP"u8))
            return Bad.Start(body, "a WebP");
        var said = 8L + ReadUInt32LittleEndian(body[4..]);
        if (said > body.Length)
            return Bad.Cut(body, $"byte {said}, where RIFF ends");
        if (said < body.Length)
            return Bad.Trailing(body, (int)said, "RIFF");

        var offset = HeaderLength;
        while (offset < body.Length)
        {
            var chunk = body[offset..];
            if (chunk.Length < ChunkHeader || ReadUInt32LittleEndian(chunk[4..]) > chunk.Length - ChunkHeader)
                return Bad.Structure($"the chunk at offset {offset} does not fit in");
            var length = (int)ReadUInt32LittleEndian(chunk[4..]);
            if (offset == HeaderLength)
                size = Size(chunk[..4], chunk.Slice(ChunkHeader, length));
            offset += ChunkHeader + length + (length & 1); // Chunks begin at even offsets.
        }

        return size != default && offset == body.Length ? null : Bad.Structure("it does not begin with a whole VP8, VP8L or VP8X chunk");
    }

    private static PixelSize Size(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (type.SequenceEqual("VP8 "u8) && data.Length >= 10 && data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
            return new PixelSize(ReadUInt16LittleEndian(data[6..]) & 0x3FFF, ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
        if (type.SequenceEqual("VP8L"u8) && data.Length >= 5 && data[0] == 0x2F)
        {
            var bits = ReadUInt32LittleEndian(data[1..]);
            return new PixelSize(1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
        }

        return type.SequenceEqual("VP8X"u8) && data.Length >= 10
            ? new PixelSize(1 + Read24(data[4..]), 1 + Read24(data[7..]))
            : default;
    }

    private static int Read24(ReadOnlySpan<byte> data) => data[0] | data[1] << 8 | data[2] << 16;
}
