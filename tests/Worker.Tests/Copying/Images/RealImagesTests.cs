using Understudy.Copying.Images;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Copying.Images;

public class RealImagesTests(RealJp2 real)
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void ImageCheck_a_real_image_is_sound_and_its_facts_are_read(string kind)
    {
        var (bytes, facts) = Make(kind);

        Assert.Equal(new ImageVerdict.Sound(facts), Bytes.Check(bytes));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ImageCheck_every_truncation_is_broken_with_a_reason(string kind)
    {
        var bytes = Make(kind).Bytes;

        for (var length = 0; length < bytes.Length; length++)
        {
            var broken = Assert.IsType<ImageVerdict.Broken>(Bytes.Check(bytes[..length]));
            Assert.NotEmpty(broken.Reason);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ImageCheck_every_file_that_is_zeros_from_some_offset_on_is_broken(string kind)
    {
        var bytes = Make(kind).Bytes;

        for (var from = 0; from < bytes.Length; from++)
            Assert.IsType<ImageVerdict.Broken>(Bytes.Check(bytes.WithZeros(from, bytes.Length)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ImageCheck_a_hole_of_zeros_over_any_tile_part_header_is_broken(string kind)
    {
        var bytes = Make(kind).Bytes;

        foreach (var start in Bytes.TileParts(bytes))
        {
            for (var shift = -15; shift <= 0; shift++)
                Assert.IsType<ImageVerdict.Broken>(Bytes.Check(bytes.WithZeros(start + shift, Math.Min(start + shift + 16, bytes.Length))));
        }
    }

    [Fact]
    public void ImageCheck_a_hole_inside_a_tile_is_not_seen_which_is_why_there_are_checksums()
    {
        var (bytes, facts) = Make("tiled");
        var starts = Bytes.TileParts(bytes);

        Assert.Equal(new ImageVerdict.Sound(facts), Bytes.Check(bytes.WithZeros(starts[0] + 14, starts[1])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ImageCheck_one_wrong_byte_in_the_headers_never_changes_the_size_of_a_sound_image(string kind)
    {
        var (bytes, facts) = Make(kind);
        var headers = Bytes.TileParts(bytes)[0];

        for (var offset = 0; offset < headers; offset++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = bytes.With(offset, $"{value:X2}");
                if (Bytes.Check(changed) is ImageVerdict.Sound(var seen))
                    AssertOnlyUnseenDamage(facts, seen);
            }
        }
    }

    // What stands only once in a file cannot be proved by structure: a tile size that gives the same number of tiles, fewer levels than
    // there are (legal after transcoding), the bits of a sample; and in a bare codestream, which has no ihdr, the image's size
    // as long as the same number of tiles covers it.
    private static void AssertOnlyUnseenDamage(ImageFacts facts, ImageFacts seen)
    {
        Assert.Equal(facts.Components, seen.Components);
        Assert.True(seen.Levels <= facts.Levels, $"{seen.Levels} levels, but there are {facts.Levels}");
        if (seen.Format == ImageFormat.Jp2)
            Assert.Equal((facts.Format, facts.Width, facts.Height), (seen.Format, seen.Width, seen.Height));
    }

    public static TheoryData<string> Kinds() =>
    [
        "untiled", "tiled", "rpcl, tile-parts, PLT, TLM", "layers", "precincts", "lossy, SOP and EPH", "16 bit", "gray", "odd size", "one pixel",
        "one wide", "one high", "tiles with an edge of one pixel", "away from the origin", "codestream", "last box of length 0", "long box",
    ];

    private (byte[] Bytes, ImageFacts Facts) Make(string kind) => kind switch
    {
        "untiled" => (real.Make(48, 40), Facts(48, 40, 48, 40)),
        "tiled" => (real.Make(96, 64, "-t 32,32"), Facts(96, 64, 32, 32)),
        "rpcl, tile-parts, PLT, TLM" => (real.Make(96, 64, "-t 64,64 -n 4 -p RPCL -TP R -PLT -TLM"), Facts(96, 64, 64, 64, 3)),
        "layers" => (real.Make(48, 40, "-r 20,10,1 -TP L"), Facts(48, 40, 48, 40)),
        "precincts" => (real.Make(64, 64, "-n 3 -c [32,32],[16,16] -b 16,16 -p RPCL"), Facts(64, 64, 64, 64, 2)),
        "lossy, SOP and EPH" => (real.Make(64, 64, "-I -r 8 -SOP -EPH"), Facts(64, 64, 64, 64)),
        "16 bit" => (real.Make(48, 40, samples: 1, largest: 65_535), Facts(48, 40, 48, 40, components: 1, bits: 16)),
        "gray" => (real.Make(48, 40, samples: 1), Facts(48, 40, 48, 40, components: 1)),
        "odd size" => (real.Make(101, 67, "-t 50,33 -n 2"), Facts(101, 67, 50, 33, 1)),
        "one pixel" => (real.Make(1, 1, "-n 1"), Facts(1, 1, 1, 1, 0)),
        "one wide" => (real.Make(1, 37, "-n 1"), Facts(1, 37, 1, 37, 0)),
        "one high" => (real.Make(37, 1, "-n 1"), Facts(37, 1, 37, 1, 0)),
        "tiles with an edge of one pixel" => (real.Make(65, 33, "-t 32,32 -n 3"), Facts(65, 33, 32, 32, 2)),
        "away from the origin" => (real.Make(96, 64, "-d 13,7 -T 5,3 -t 40,40 -n 3"), Facts(96, 64, 40, 40, 2)),
        "codestream" => (real.Make(48, 40, "-t 32,32", extension: "j2k"), Facts(48, 40, 32, 32) with { Format = ImageFormat.Codestream }),
        "last box of length 0" => (LastBox(real.Make(48, 40), "00000000 6A703263"), Facts(48, 40, 48, 40)),
        "long box" => (LongBox(real.Make(48, 40)), Facts(48, 40, 48, 40)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static ImageFacts Facts(int width, int height, int tileWidth, int tileHeight, int levels = 5, int components = 3, int bits = 8) =>
        new(ImageFormat.Jp2, width, height, tileWidth, tileHeight, levels, components, bits);

    private static byte[] LastBox(byte[] jp2, string header)
    {
        var box = jp2.AsSpan().IndexOf("jp2c"u8) - 4;
        return [.. jp2[..box], .. Convert.FromHexString(header.Replace(" ", "", StringComparison.Ordinal)), .. jp2[(box + 8)..]];
    }

    private static byte[] LongBox(byte[] jp2) => LastBox(jp2, $"00000001 6A703263 {jp2.Length - jp2.AsSpan().IndexOf("jp2c"u8) + 12:X16}");
}
