using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Understudy.Bench.Data;

/// <summary>
/// A JP2 that every structural check accepts (ISO/IEC 15444-1, annexes A and I) and no decoder could show: the boxes and
/// marker segments are true to the file's length, the packets are pseudo-random.
/// </summary>
internal static class SyntheticJp2
{
    private const int Levels = 5;
    private const int ChunkBytes = 4 << 20;

    public static void Write(string path, long length, long seed)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: length);
        var header = Header(length);
        RandomAccess.Write(file, header, 0);

        var state = (ulong)seed;
        var chunk = new byte[ChunkBytes];
        for (long at = header.Length; at < length - 2;)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, length - 2 - at));
            Fill(chunk, ref state);
            // Packets are bit-stuffed: FF is never followed by 90 or more. No FF at all is the simplest way to that.
            part.Replace((byte)0xFF, (byte)0xFE);
            RandomAccess.Write(file, part, at);
            at += part.Length;
        }

        RandomAccess.Write(file, [0xFF, 0xD9], length - 2);
    }

    /// <summary>SplitMix64: a seeded <see cref="Random"/> is ten times as slow.</summary>
    private static void Fill(Span<byte> bytes, ref ulong state)
    {
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            word = mixed ^ (mixed >> 31);
        }
    }

    private static byte[] Header(long length)
    {
        var side = (uint)Math.Sqrt(length);
        var jp2 = new Writer();
        jp2.Box("jP  ", b => b.U32(0x0D0A870A));
        jp2.Box("ftyp", b => b.Text("jp2 ").U32(0).Text("jp2 "));
        jp2.Box("jp2h", b =>
        {
            b.Box("ihdr", i => i.U32(side).U32(side).U16(3).U8(7).U8(7).U8(0).U8(0));
            b.Box("colr", c => c.U8(1).U8(0).U8(0).U32(16));
        });
        jp2.U32((uint)(length - jp2.Length)).Text("jp2c");

        jp2.U16(0xFF4F);
        jp2.Segment(0xFF51, s =>
        {
            s.U16(0).U32(side).U32(side).U32(0).U32(0).U32(side).U32(side).U32(0).U32(0).U16(3);
            for (var component = 0; component < 3; component++)
                s.U8(7).U8(1).U8(1);
        });
        // RPCL, one layer, component transform; 64 × 64 code blocks, reversible 5/3.
        jp2.Segment(0xFF52, s => s.U8(0).U8(2).U16(1).U8(1).U8(Levels).U8(4).U8(4).U8(0).U8(1));
        jp2.Segment(0xFF5C, s =>
        {
            s.U8(0x40).U8(8 << 3);
            for (var level = 0; level < Levels; level++)
                s.U8(9 << 3).U8(9 << 3).U8(10 << 3);
        });
        // Psot counts from SOT's own marker to the last packet; EOC is outside.
        var tilePart = (uint)(length - 2 - jp2.Length);
        jp2.Segment(0xFF90, s => s.U16(0).U32(tilePart).U8(0).U8(1));
        jp2.U16(0xFF93);
        return jp2.ToArray();
    }

    private sealed class Writer
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public long Length => _bytes.WrittenCount;

        public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

        public Writer U8(byte value) => Append([value]);

        public Writer U16(ushort value)
        {
            Span<byte> bytes = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
            return Append(bytes);
        }

        public Writer U32(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            return Append(bytes);
        }

        public Writer Text(string ascii) => Append(Encoding.ASCII.GetBytes(ascii));

        public void Box(string type, Action<Writer> content)
        {
            var inner = Inner(content);
            U32((uint)(inner.Length + 8)).Text(type).Append(inner);
        }

        public void Segment(ushort marker, Action<Writer> content)
        {
            var inner = Inner(content);
            U16(marker).U16((ushort)(inner.Length + 2)).Append(inner);
        }

        private static byte[] Inner(Action<Writer> content)
        {
            var inner = new Writer();
            content(inner);
            return inner.ToArray();
        }

        private Writer Append(ReadOnlySpan<byte> bytes)
        {
            _bytes.Write(bytes);
            return this;
        }
    }
}
