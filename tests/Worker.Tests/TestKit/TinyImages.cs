using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Understudy.Copying.Checksums;

namespace Understudy.Worker.Tests.TestKit;

/// <summary>The frames of images in other formats than JPEG; the PNG is one to the last bit, the others hold next to no pixels.</summary>
internal static class TinyImages
{
    public static byte[] Png(int width, int height)
    {
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(new byte[height * (1 + width)]);
        byte[] header = [.. Big(width), .. Big(height), 8, 0, 0, 0, 0];
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", pixels.ToArray()), .. Chunk("IEND", [])];
    }

    public static byte[] Gif(int width, int height) =>
        [.. "GIF89a"u8, .. Little16(width), .. Little16(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
            0x21, 0xF9, 4, 0, 0, 0, 0, 0,
            0x2C, 0, 0, 0, 0, .. Little16(width), .. Little16(height), 0, 2, 2, 0x4C, 0x01, 0, 0x3B];

    public static byte[] WebPLossy(int width, int height) =>
        WebP("VP8 ", [0x10, 0, 0, 0x9D, 0x01, 0x2A, .. Little16(width), .. Little16(height), 0, 0, 0]);

    public static byte[] WebPLossless(int width, int height) =>
        WebP("VP8L", [0x2F, .. Little32((uint)(width - 1 | (height - 1) << 14)), 0, 0]);

    public static byte[] WebPExtended(int width, int height) =>
        WebP("VP8X", [0x10, 0, 0, 0, .. Little32((uint)width - 1)[..3], .. Little32((uint)height - 1)[..3]]);

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        return [.. Big(data.Length), .. named, .. Big((int)Crc32.Append(0, named))];
    }

    private static byte[] WebP(string type, byte[] data)
    {
        byte[] chunk = [.. Encoding.ASCII.GetBytes(type), .. Little32((uint)data.Length), .. data, .. new byte[data.Length & 1]];
        return [.. "RIFF"u8, .. Little32((uint)chunk.Length + 4), .. "WEBP"u8, .. chunk];
    }

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Little32(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    private static byte[] Little16(int value) => [(byte)value, (byte)(value >> 8)];
}
