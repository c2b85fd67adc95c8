using System.Buffers.Binary;
using Understudy.Copying.Images;

namespace Understudy.Worker.Tests.TestKit;

/// <summary>Bytes in memory as a file to check, and small changes to them.</summary>
internal static class Bytes
{
    public static ReadAt Reader(byte[] bytes) => (offset, buffer) =>
    {
        var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
        bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
        return count;
    };

    public static ImageVerdict Check(byte[] bytes) => ImageCheck.Check(Reader(bytes), bytes.Length);

    public static byte[] With(this byte[] bytes, int offset, string hex)
    {
        byte[] changed = [.. bytes];
        Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)).CopyTo(changed, offset);
        return changed;
    }

    public static byte[] WithZeros(this byte[] bytes, int from, int to)
    {
        byte[] changed = [.. bytes];
        changed.AsSpan(from..to).Clear();
        return changed;
    }

    /// <summary>Where the tile-parts of a sound codestream start, and where its end marker stands.</summary>
    public static List<int> TileParts(byte[] jp2)
    {
        var offset = jp2.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0x90, 0x00, 0x0A]);
        List<int> starts = [];
        for (; jp2[offset + 1] == 0x90; offset += (int)BinaryPrimitives.ReadUInt32BigEndian(jp2.AsSpan(offset + 6)))
            starts.Add(offset);
        starts.Add(offset);
        return starts;
    }
}
