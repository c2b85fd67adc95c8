using FsCheck;
using FsCheck.Fluent;
using Understudy.Copying.Images;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Copying.Images;

public class HostileFileTests(RealJp2 real)
{
    private const long Endless = 1L << 62;
    private static readonly string[] Starts = ["", "0000000C6A5020200D0A870A", "FF4FFF51", "FFD8FF", "49492A00", "4D4D002A", "49492B0008000000", "4D4D002B00080000"];

    [Fact]
    public void ImageCheck_random_bytes_after_any_signature_are_broken()
    {
        Prop.ForAll(Gen.Elements(Starts).Zip(ArbMap.Default.GeneratorFor<byte[]>()).ToArbitrary(), file =>
            Bytes.Check([.. Convert.FromHexString(file.Item1), .. file.Item2]) is ImageVerdict.Broken).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void ImageCheck_random_damage_anywhere_is_broken_or_leaves_the_size_as_it_was()
    {
        var whole = real.Make(96, 64, "-t 32,32 -n 4 -p RPCL -TP R -PLT");
        var damage = Gen.Choose(0, whole.Length - 1).Zip(Gen.Choose(0, 255)).ListOf();

        Prop.ForAll(damage.ToArbitrary(), changes =>
        {
            byte[] damaged = [.. whole];
            foreach (var (offset, value) in changes)
                damaged[offset] = (byte)value;
            return Bytes.Check(damaged) is ImageVerdict.Broken or ImageVerdict.Sound { Facts: { Format: ImageFormat.Jp2, Width: 96, Height: 64, Components: 3 } };
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void ImageCheck_a_hole_of_zeros_is_broken_unless_it_lies_inside_a_tile()
    {
        var whole = real.Make(96, 64, "-t 32,32 -n 4 -p RPCL -TP R -PLT");
        var headers = Bytes.TileParts(whole);

        Prop.ForAll(Gen.Choose(0, whole.Length).Two().ToArbitrary(), ends =>
        {
            var (from, to) = (Math.Min(ends.Item1, ends.Item2), Math.Max(ends.Item1, ends.Item2));
            return Bytes.Check(whole.WithZeros(from, to)) is ImageVerdict.Broken || !headers.Exists(start => start < to && start + 2 > from);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void ImageCheck_reads_of_any_size_give_the_same_verdict()
    {
        var whole = real.Make(96, 64, "-t 32,32 -n 4 -p RPCL -TP R -PLT");
        var read = Bytes.Reader(whole);

        Prop.ForAll(Gen.Choose(1, 300).ToArbitrary(), most =>
            ImageCheck.Check((offset, buffer) => read(offset, buffer[..Math.Min(most, buffer.Length)]), whole.Length) == Bytes.Check(whole))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ImageCheck_a_file_shorter_than_its_length_says_is_broken()
    {
        var whole = real.Make(48, 40);

        var broken = Assert.IsType<ImageVerdict.Broken>(ImageCheck.Check(Bytes.Reader(whole[..300]), whole.Length));

        Assert.Equal($"no byte could be read at offset {whole.Length - 2}, although the file should be longer", broken.Reason);
    }

    [Fact]
    public void ImageCheck_an_endless_file_of_tiny_boxes_ends_with_a_reason()
    {
        var signature = SyntheticJp2.Bytes(512, seed: 1).AsMemory(0, 32);
        byte[] box = [0, 0, 0, 8, .. "free"u8];

        AssertEndsSoon(signature, box);
    }

    [Fact]
    public void ImageCheck_an_endless_main_header_ends_with_a_reason()
    {
        var header = SyntheticJp2.Bytes(512, seed: 1).With(85, $"{Endless - 77:X16}").AsMemory(0, 193);
        byte[] comment = [0xFF, 0x64, 0x00, 0x06, 0, 1, 0, 0];

        AssertEndsSoon(header, comment);
    }

    [Fact]
    public void ImageCheck_more_tiles_than_the_file_has_room_for_are_broken_without_walking()
    {
        var many = SyntheticJp2.Bytes(512, seed: 1).With(48, "0000FF00 0000FF00").With(101, "0000FF00 0000FF00").With(117, "00000100 00000100");

        var broken = Assert.IsType<ImageVerdict.Broken>(Bytes.Check(many));

        Assert.Equal("65025 tiles (SIZ) need at least 910350 bytes, but only 319 follow the main header", broken.Reason);
    }

    private static void AssertEndsSoon(ReadOnlyMemory<byte> start, byte[] repeated)
    {
        var reads = 0;
        int Read(long offset, Span<byte> buffer)
        {
            reads++;
            for (var i = 0; i < buffer.Length; i++)
                buffer[i] = offset + i < start.Length ? start.Span[(int)(offset + i)] : repeated[(int)((offset + i - start.Length) % repeated.Length)];
            return buffer.Length;
        }

        var broken = Assert.IsType<ImageVerdict.Broken>(ImageCheck.Check(Read, Endless));

        Assert.Contains("no image has so many", broken.Reason, StringComparison.Ordinal);
        Assert.InRange(reads, 1, 1 << 18);
    }
}
