using System.Buffers.Binary;
using Understudy.Copying.Images;

namespace Understudy.Worker.Tests.TestKit;

/// <summary>
/// A JP2 of any size from <see cref="LeastBytes"/> up, also over 4 GiB: whole boxes, headers and tile-parts around pseudo-random tile data.
/// The same size and seed make the same bytes; every 4 KiB differs from every other and from another seed's.
/// The structure is right, but there is no picture in it: a decoder makes noise of it at best.
/// </summary>
internal static class SyntheticJp2
{
    public const int LeastBytes = HeaderLength + LeastTilePart + 2;
    public const int TileSize = 512;
    public const int Levels = 5;

    private const int HeaderLength = 77 + 16 + 100; // The boxes up to jp2c, its own header with XLBox, the main header.
    private const int LeastTilePart = 14;
    private const long BytesPerTile = 1 << 18;
    private const int MostAcross = 255; // 65,025 tiles: a tile's number has 16 bits.

    public static byte[] Bytes(int bytes, int seed)
    {
        var buffer = new byte[bytes];
        new Layout(bytes, seed).Read(0, buffer);
        return buffer;
    }

    public static void Write(Stream to, long bytes, int seed)
    {
        var layout = new Layout(bytes, seed);
        var buffer = new byte[(int)Math.Min(bytes, 1 << 20)];
        for (var offset = 0L; offset < bytes; offset += buffer.Length)
            to.Write(buffer.AsSpan(0, layout.Read(offset, buffer)));
    }

    /// <summary>Makes the bytes as they are read, and keeps none.</summary>
    public static ReadAt Reader(long bytes, int seed) => new Layout(bytes, seed).Read;

    /// <summary>What the header says: the tiles are square and in a grid as square as it gets.</summary>
    public static ImageFacts Facts(long bytes)
    {
        var (across, down) = Grid(bytes);
        return new ImageFacts(ImageFormat.Jp2, across * TileSize, down * TileSize, TileSize, TileSize, Levels, 3, 8);
    }

    private static (int Across, int Down) Grid(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, LeastBytes);
        var tiles = Math.Max(1, (bytes - HeaderLength) / BytesPerTile);
        var across = (int)Math.Min(MostAcross, Math.Sqrt(tiles));
        return (across, (int)Math.Min(MostAcross, tiles / across));
    }

    private sealed class Layout
    {
        private readonly long _bytes;
        private readonly int _tiles;
        private readonly long _tilePart; // The last one also takes what is left over.
        private readonly ulong _seed;
        private readonly byte[] _header;

        public Layout(long bytes, int seed)
        {
            var (across, down) = Grid(bytes);
            (_bytes, _tiles, _seed) = (bytes, across * down, Mix((ulong)(uint)seed));
            _tilePart = (bytes - HeaderLength - 2) / _tiles;
            _header = Header(bytes, across * TileSize, down * TileSize);
        }

        public int Read(long offset, Span<byte> buffer)
        {
            var count = (int)Math.Clamp(_bytes - offset, 0, buffer.Length);
            if (count == 0)
                return 0;

            var bytes = buffer[..count];
            FillTileData(offset, bytes);
            Overlay(_header, 0, offset, bytes);
            Overlay([0xFF, 0xD9], _bytes - 2, offset, bytes);

            var first = Math.Clamp((offset - HeaderLength - LeastTilePart) / _tilePart, 0, _tiles - 1);
            var last = Math.Clamp((offset + count - HeaderLength) / _tilePart, 0, _tiles - 1);
            for (var tile = first; tile <= last; tile++)
                Overlay(TilePartHeader((int)tile), TilePartAt(tile), offset, bytes);
            return count;
        }

        private long TilePartAt(long tile) => tile == _tiles ? _bytes - 2 : HeaderLength + tile * _tilePart;

        // Each 8 bytes are a hash of where they stand. No byte is over 7F, so that none looks like a marker.
        private void FillTileData(long offset, Span<byte> bytes)
        {
            Span<byte> word = stackalloc byte[8];
            for (var done = 0; done < bytes.Length;)
            {
                var at = offset + done;
                var value = Mix(_seed + (ulong)(at / 8)) & 0x7F7F_7F7F_7F7F_7F7F;
                if (at % 8 == 0 && bytes.Length - done >= 8)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[done..], value);
                    done += 8;
                    continue;
                }

                BinaryPrimitives.WriteUInt64LittleEndian(word, value);
                bytes[done++] = word[(int)(at % 8)];
            }
        }

        private byte[] TilePartHeader(int tile)
        {
            var header = new byte[LeastTilePart];
            BinaryPrimitives.WriteUInt16BigEndian(header, 0xFF90);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 10);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)tile);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(6), checked((uint)(TilePartAt(tile + 1) - TilePartAt(tile))));
            header[11] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(12), 0xFF93);
            return header;
        }

        private static void Overlay(ReadOnlySpan<byte> piece, long at, long offset, Span<byte> bytes)
        {
            var (from, to) = (Math.Max(at, offset), Math.Min(at + piece.Length, offset + bytes.Length));
            if (from < to)
                piece[(int)(from - at)..(int)(to - at)].CopyTo(bytes[(int)(from - offset)..]);
        }

        private static ulong Mix(ulong value) // The finaliser of SplitMix64.
        {
            value = (value + 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }
    }

    private static byte[] Header(long bytes, int width, int height)
    {
        string[] parts =
        [
            "0000000C 6A502020 0D0A870A", // signature
            "00000014 66747970 6A703220 00000000 6A703220", // ftyp: brand jp2
            "0000002D 6A703268", // jp2h
            $"00000016 69686472 {height:X8} {width:X8} 0003 07 07 00 00", // ihdr
            "0000000F 636F6C72 01 00 00 00000010", // colr: sRGB
            $"00000001 6A703263 {bytes - 77:X16}", // jp2c
            "FF4F", // SOC
            $"FF51 002F 0000 {width:X8} {height:X8} 00000000 00000000", // SIZ
            $"{TileSize:X8} {TileSize:X8} 00000000 00000000 0003 070101 070101 070101",
            $"FF52 000C 00 02 0001 01 {Levels:X2} 04 04 00 01", // COD: RPCL, 1 layer, code-blocks of 64x64, 5-3 wavelet
            "FF5C 0013 40 40 48 48 50 48 48 50 48 48 50 48 48 50 48 48 50", // QCD: no quantisation
            "FF64 000C 0001 73796E74 68657469", // COM
        ];
        return Convert.FromHexString(string.Concat(parts).Replace(" ", "", StringComparison.Ordinal));
    }
}
