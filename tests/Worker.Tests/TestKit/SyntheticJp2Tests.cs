using FsCheck;
using FsCheck.Fluent;
using Understudy.Copying.Images;

namespace Understudy.Worker.Tests.TestKit;

public class SyntheticJp2Tests
{
    [Theory]
    [InlineData(SyntheticJp2.LeastBytes)]
    [InlineData(4096)]
    [InlineData(10_000_019)]
    [InlineData((1L << 32) - 1)]
    [InlineData((1L << 32) + 12_345)]
    [InlineData(300L << 30)]
    public void SyntheticJp2_is_sound_at_any_size(long bytes)
    {
        var read = SyntheticJp2.Reader(bytes, seed: 7);

        Assert.Equal(new ImageVerdict.Sound(SyntheticJp2.Facts(bytes)), ImageCheck.Check(read, bytes));
        Assert.IsType<ImageVerdict.Broken>(ImageCheck.Check(read, bytes - 1));
    }

    [Fact]
    public void SyntheticJp2_reads_the_same_bytes_however_it_is_read()
    {
        const int Size = 700_001;
        var whole = SyntheticJp2.Bytes(Size, seed: 3);
        using var written = new MemoryStream();
        SyntheticJp2.Write(written, Size, seed: 3);
        var read = SyntheticJp2.Reader(Size, seed: 3);

        Assert.Equal(whole, written.ToArray());
        Prop.ForAll(Gen.Choose(0, Size).Zip(Gen.Choose(0, 5000)).ToArbitrary(), piece =>
        {
            var buffer = new byte[piece.Item2];
            var count = read(piece.Item1, buffer);
            return count == Math.Min(piece.Item2, Size - piece.Item1) && whole.AsSpan(piece.Item1, count).SequenceEqual(buffer.AsSpan(0, count));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SyntheticJp2_every_4_KiB_differs_from_every_other_and_from_another_seeds()
    {
        var blocks = new[] { 1, 2 }.SelectMany(seed => SyntheticJp2.Bytes(8 << 20, seed).Chunk(4096)).Skip(1).Select(Convert.ToHexString).ToList();

        Assert.Equal(blocks.Count, blocks.Distinct().Count());
    }
}
