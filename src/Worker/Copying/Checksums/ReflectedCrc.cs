using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Understudy.Copying.Checksums;

/// <summary>
/// The arithmetic of the CRCs that S3 knows. All are reflected (the lowest bit stands for the highest power of x) and start and end
/// inverted, so one design serves 32 and 64 bits: they differ only in the polynomial.
/// A CRC is a remainder modulo the polynomial; <see cref="Append"/> divides, <see cref="Combine"/> multiplies by a power of x.
/// </summary>
internal sealed class ReflectedCrc
{
    private const int Lanes = 4; // 16 bytes each: enough multiplications under way at once to hide their latency.
    private const int Stride = Lanes * 16;

    /// <summary>From how many bytes on <see cref="Append"/> folds: 15 GB/s a core instead of the tables' 2. Never, without the instruction.</summary>
    public static readonly int FoldsFrom = Pclmulqdq.IsSupported ? 2 * Stride : int.MaxValue;

    private readonly int _width;
    private readonly ulong _polynomial;
    private readonly ulong _ones;
    private readonly ulong[] _tables = new ulong[8 * 256]; // Table k: what a byte amounts to, k bytes further on.
    private readonly Vector128<ulong> _overStride;
    private readonly Vector128<ulong> _overLane;

    /// <param name="polynomial">Reflected, without its highest term.</param>
    public ReflectedCrc(int width, ulong polynomial)
    {
        (_width, _polynomial, _ones) = (width, polynomial, ulong.MaxValue >> (64 - width));
        for (var i = 0; i < 256; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                crc = TimesX(crc);
            _tables[i] = crc;
        }

        for (var i = 256; i < _tables.Length; i++)
            _tables[i] = (_tables[i - 256] >> 8) ^ _tables[(byte)_tables[i - 256]];

        _overStride = FoldBy(Stride * 8);
        _overLane = FoldBy(16 * 8);
    }

    /// <summary>The CRC of what <paramref name="crc"/> covers, followed by the data. The CRC of nothing is 0.</summary>
    public ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        crc ^= _ones;
        if (data.Length >= FoldsFrom)
            crc = Fold(crc, ref data);
        return Divide(crc, data) ^ _ones;
    }

    /// <summary>The CRC of A followed by B, of each one's CRC and of B's length in bytes.</summary>
    public ulong Combine(ulong crcA, ulong crcB, long lengthB)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthB);
        return Multiply(crcA, PowerOfX((UInt128)lengthB * 8)) ^ crcB;
    }

    private ulong Divide(ulong crc, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= 8; data = data[8..])
        {
            var next = crc ^ BinaryPrimitives.ReadUInt64LittleEndian(data);
            crc = _tables[7 * 256 + (byte)next] ^ _tables[6 * 256 + (byte)(next >> 8)]
                ^ _tables[5 * 256 + (byte)(next >> 16)] ^ _tables[4 * 256 + (byte)(next >> 24)]
                ^ _tables[3 * 256 + (byte)(next >> 32)] ^ _tables[2 * 256 + (byte)(next >> 40)]
                ^ _tables[256 + (byte)(next >> 48)] ^ _tables[(byte)(next >> 56)];
        }

        foreach (var value in data)
            crc = (crc >> 8) ^ _tables[(byte)(crc ^ value)];
        return crc;
    }

    /// <summary>
    /// Folding (Gopal et al., "Fast CRC computation using PCLMULQDQ", Intel 2009): 16 bytes may be replaced by their product with a power
    /// of x, added to the 16 bytes that many bits further on. What is left at the end is short enough to divide.
    /// </summary>
    private ulong Fold(ulong crc, ref ReadOnlySpan<byte> data)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar(crc), blocks[1], blocks[2], blocks[3]);
        var next = Lanes;
        for (; next + Lanes <= blocks.Length; next += Lanes)
        {
            a = Carry(a, _overStride) ^ blocks[next];
            b = Carry(b, _overStride) ^ blocks[next + 1];
            c = Carry(c, _overStride) ^ blocks[next + 2];
            d = Carry(d, _overStride) ^ blocks[next + 3];
        }

        b ^= Carry(a, _overLane);
        c ^= Carry(b, _overLane);
        d ^= Carry(c, _overLane);

        Span<byte> left = stackalloc byte[16];
        MemoryMarshal.Write(left, in d);
        data = data[(next * 16)..];
        return Divide(0, left);
    }

    private static Vector128<ulong> Carry(Vector128<ulong> value, Vector128<ulong> powers) =>
        Pclmulqdq.CarrylessMultiply(value, powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, powers, 0x11);

    // The first 8 bytes stand 64 bits higher than the second. One less, because the product of two reflected numbers of 64 bits has
    // 127 bits: it comes out multiplied by x.
    private Vector128<ulong> FoldBy(int bits) => Vector128.Create(Reflected64(bits + 63), Reflected64(bits - 1));

    private ulong Reflected64(int power) => PowerOfX((UInt128)power) << (64 - _width);

    private ulong PowerOfX(UInt128 power)
    {
        var one = 1UL << (_width - 1);
        var (result, square) = (one, TimesX(one));
        for (; power != 0; power >>= 1)
        {
            if ((power & 1) != 0)
                result = Multiply(result, square);
            square = Multiply(square, square);
        }

        return result;
    }

    private ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (var bit = 1UL << (_width - 1); bit != 0; bit >>= 1)
        {
            product ^= (a & bit) != 0 ? b : 0;
            b = TimesX(b);
        }

        return product;
    }

    private ulong TimesX(ulong value) => (value >> 1) ^ ((value & 1) != 0 ? _polynomial : 0);
}
