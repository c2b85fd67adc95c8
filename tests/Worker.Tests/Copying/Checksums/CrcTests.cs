using FsCheck;
using FsCheck.Fluent;
using Understudy.Copying.Checksums;

namespace Understudy.Worker.Tests.Copying.Checksums;

public class CrcTests
{
    // Around where folding starts (128 bytes), its strides (64) and blocks (16), and the tables' words (8).
    private static readonly Gen<byte[]> Data =
        Gen.Choose(0, 600).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length));

    [Theory]
    [InlineData(nameof(ChecksumKind.Crc32C), "E3069283", "4waSgw==")]
    [InlineData(nameof(ChecksumKind.Crc32), "CBF43926", "y/Q5Jg==")]
    [InlineData(nameof(ChecksumKind.Crc64Nvme), "AE8B14860A799888", "rosUhgp5mIg=")]
    public void Crc_of_the_digits_1_to_9_is_the_published_one(string name, string hex, string base64)
    {
        var kind = Kind(name);
        var bytes = Crc.ToBytes(kind, Crc.Append(kind, 0, "123456789"u8));

        Assert.Equal(hex, Convert.ToHexString(bytes));
        Assert.Equal(base64, new ExpectedChecksum(kind, bytes).ToBase64());
    }

    [Theory]
    [InlineData(nameof(ChecksumKind.Crc32C), 32, 0x82F63B78)]
    [InlineData(nameof(ChecksumKind.Crc32), 32, 0xEDB88320)]
    [InlineData(nameof(ChecksumKind.Crc64Nvme), 64, 0x9A6C9329AC4BC9B5)]
    public void Append_agrees_with_a_division_bit_by_bit(string name, int width, ulong polynomial)
    {
        var kind = Kind(name);
        Prop.ForAll(Data.ToArbitrary(), data => Crc.Append(kind, 0, data) == BitByBit(data, width, polynomial))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Append_in_pieces_and_Combine_of_pieces_give_the_CRC_of_the_whole(string name)
    {
        var kind = Kind(name);
        Prop.ForAll(Data.Two().ToArbitrary(), pieces =>
        {
            var (a, b) = pieces;
            var whole = Crc.Append(kind, 0, [.. a, .. b]);
            return Crc.Append(kind, Crc.Append(kind, 0, a), b) == whole
                && Crc.Combine(kind, Crc.Append(kind, 0, a), Crc.Append(kind, 0, b), b.Length) == whole;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Combine_of_parts_that_came_in_any_order_gives_the_CRC_of_the_whole(string name)
    {
        var kind = Kind(name);
        var whole = new byte[10_000];
        new Random(1).NextBytes(whole);
        var parts = whole.Chunk(999).Select(part => (Crc: Crc.Append(kind, 0, part), part.Length)).ToArray();

        while (parts.Length > 1) // Neighbours join, the last ones first.
            parts = [.. parts[..^2], (Crc.Combine(kind, parts[^2].Crc, parts[^1].Crc, parts[^1].Length), parts[^2].Length + parts[^1].Length)];

        Assert.Equal(Crc.Append(kind, 0, whole), parts[0].Crc);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Combine_is_right_for_lengths_over_4_GiB(string name)
    {
        var kind = Kind(name);
        var (a, zeros, length) = (Crc.Append(kind, 0, "a"u8), Crc.Append(kind, 0, new byte[1 << 20]), 1L << 20);
        var stepByStep = a;
        for (var i = 0; i < 5 << 10; i++)
            stepByStep = Crc.Combine(kind, stepByStep, zeros, length);

        var fiveGiB = 0UL;
        for (var i = 0; i < 5 << 10; i++)
            fiveGiB = Crc.Combine(kind, fiveGiB, zeros, length);

        Assert.Equal(stepByStep, Crc.Combine(kind, a, fiveGiB, 5L << 30));
    }

    [Fact]
    public void Combine_refuses_a_negative_length() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Crc32C.Combine(1, 2, -1));

    [Fact]
    public void Crc_refuses_a_kind_that_is_no_CRC()
    {
        Assert.False(Crc.Is(ChecksumKind.Md5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Crc.Append(ChecksumKind.Md5, 0, []));
    }

    public static TheoryData<string> Kinds() => [nameof(ChecksumKind.Crc32C), nameof(ChecksumKind.Crc32), nameof(ChecksumKind.Crc64Nvme)];

    private static ChecksumKind Kind(string name) => Enum.Parse<ChecksumKind>(name);

    private static ulong BitByBit(byte[] data, int width, ulong polynomial)
    {
        var ones = ulong.MaxValue >> (64 - width);
        var crc = ones;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
        }

        return crc ^ ones;
    }
}
