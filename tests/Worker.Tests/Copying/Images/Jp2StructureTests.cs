using Understudy.Copying.Images;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Copying.Images;

public class Jp2StructureTests
{
    // Where SyntheticJp2 writes what: jp2h 32, ihdr 40, colr 62, jp2c 77, SOC 93, SIZ 95, COD 144, QCD 158, COM 179, first SOT 193.
    private static readonly byte[] FourTiles = SyntheticJp2.Bytes(4 << 18 | 4096, seed: 1);
    private static readonly List<int> TileParts = Bytes.TileParts(FourTiles);

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(40)]
    [InlineData(90)]
    [InlineData(100)]
    [InlineData(130)]
    [InlineData(200)]
    [InlineData(52_000)]
    public void ImageCheck_what_Cantaloupe_loops_on_or_takes_for_whole_is_broken(int visible)
    {
        Assert.IsType<ImageVerdict.Broken>(Bytes.Check(FourTiles[..visible]));
        Assert.IsType<ImageVerdict.Broken>(Bytes.Check(FourTiles.WithZeros(visible, FourTiles.Length)));
    }

    [Theory]
    [InlineData(16, "66747971", "the second box, at offset 12, should be ftyp, but is ftyq")]
    [InlineData(20, "00000000", "the brand at offset 20 should be four letters such as 'jp2 ', but is 0x00000000")]
    [InlineData(32, "00000004", "box jp2h at offset 32 has length 4; the least is 8")]
    [InlineData(32, "7FFFFFFF", "box jp2h at offset 32 is 2147483647 bytes long, but only 1052640 are left")]
    [InlineData(32, "00000000 00000000", "no box at offset 32: its type should be four letters, but is 0x00000000")]
    [InlineData(36, "66726565", "the codestream (box jp2c) at offset 77 comes before any header (box jp2h)")]
    [InlineData(44, "72657320", "the first box in jp2h, at offset 40, should be ihdr with 14 bytes, but is res  with 14")]
    [InlineData(40, "00000000", "box ihdr at offset 40 has length 0, which only the last box of a file may have")]
    [InlineData(48, "00000401", "ihdr says 1024x1025 with 3 components, but the codestream (SIZ) says 1024x1024 with 3")]
    [InlineData(56, "0001", "ihdr says 1024x1024 with 1 components, but the codestream (SIZ) says 1024x1024 with 3")]
    [InlineData(66, "72657320", "box jp2h at offset 32 holds no colr box")]
    [InlineData(81, "66726565", "no codestream (box jp2c) before the file ends at 1052672")]
    [InlineData(85, "FFFFFFFFFFFFFFFF", "box jp2c at offset 77 has length -1; the least is 16")]
    [InlineData(85, "7FFFFFFFFFFFFFFF", "box jp2c at offset 77 is 9223372036854775807 bytes long, but only 1052595 are left")]
    [InlineData(93, "FF4E", "the codestream at offset 93 should start with FF4F (SOC), but starts with FF4E")]
    [InlineData(95, "FF52", "the first segment of the codestream, at offset 95, should be FF51 (SIZ), but is FF52")]
    [InlineData(101, "00000000", "the image size (SIZ) at offset 95 says an image from 0,0 to 0,1024, which has no area or too much")]
    [InlineData(117, "00000000", "the image size (SIZ) at offset 95 says tiles of 0x512")]
    [InlineData(117, "00000001 00000001", "the image size (SIZ) at offset 95 says 1024x1024 tiles; the most is 65535 in all")]
    [InlineData(125, "00000001", "the image size (SIZ) at offset 95 says a first tile at 1,0 of 512x512, which misses the image at 0,0")]
    [InlineData(133, "4000", "the image size (SIZ) at offset 95 is 49 bytes long; 49192 are right for its 16384 components (1 to 16384)")]
    [InlineData(136, "00", "component 0 at offset 135 says 8 bits (1 to 38) and one sample in 0x1")]
    [InlineData(144, "FF64", "no coding style (COD) before the first tile-part at offset 193")]
    [InlineData(150, "0000", "the coding style (COD) at offset 144 says 0 layers")]
    [InlineData(153, "21", "the coding style (COD) at offset 144 says 33 levels; the most is 32")]
    [InlineData(148, "01", "the coding style (COD) at offset 144 is 14 bytes long; 20 are right for 5 levels")]
    [InlineData(153, "06", "the quantization (QCD) at offset 158 has 16 step sizes, but 6 levels (COD) need 19")]
    [InlineData(158, "FF64", "no quantization (QCD) before the first tile-part at offset 193")]
    [InlineData(179, "0000", "marker 0000 at offset 179 should be one of a JPEG 2000 header (FF30 to FFBF)")]
    [InlineData(181, "0001", "marker FF64 at offset 179 has length 1; the least is 2")]
    [InlineData(179, "FF93", "marker FF93 at offset 179 does not belong into the main header")]
    [InlineData(195, "000B", "the tile-part at offset 193 has a header (SOT) of length 11, not 10")]
    [InlineData(197, "0004", "the tile-part at offset 193 is of tile 4, but there are 4 tiles, from 0")]
    [InlineData(199, "0000000D", "the tile-part at offset 193 says it is 13 bytes long; the least is 14")]
    [InlineData(199, "FFFFFFFF", "the tile-part at offset 193 says it is 4294967295 bytes long, but the codestream ends at 1052672")]
    [InlineData(199, "00000000", "tile 1 of 4 is missing: no tile-part of it before the end at offset 1052670")]
    [InlineData(203, "01", "the tile-part at offset 193 is part 1 of tile 0, but part 0 should come next")]
    [InlineData(204, "02", "tile 0 says it has 2 parts, but only 1 came before the end at offset 1052670")]
    [InlineData(205, "FF51 0002", "marker FF51 at offset 205 should be FF93 (SOD) or another of a tile-part's header")]
    [InlineData(205, "0000", "marker 0000 at offset 205 should be one of a JPEG 2000 header (FF30 to FFBF)")]
    [InlineData(193, "FFD9", "marker FFD9 at offset 193 should be one of a JPEG 2000 header (FF30 to FFBF)")]
    public void ImageCheck_damage_is_named_with_its_offset_wanted_against_got(int offset, string hex, string reason)
    {
        Assert.Equal(new ImageVerdict.Broken(ImageFormat.Jp2, reason), Bytes.Check(FourTiles.With(offset, hex)));
    }

    [Fact]
    public void ImageCheck_a_tile_part_length_that_misses_the_next_one_is_broken()
    {
        var off = FourTiles.With(199, $"{TileParts[1] - TileParts[0] + 1:X8}");

        var broken = Assert.IsType<ImageVerdict.Broken>(Bytes.Check(off));

        Assert.StartsWith($"offset {TileParts[1] + 1} should hold the next tile-part (FF90, SOT) or the end (FFD9, EOC), but holds 90", broken.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ImageCheck_the_parts_of_a_file_in_the_wrong_order_are_broken()
    {
        var half = FourTiles.Length / 2;

        Assert.IsType<ImageVerdict.Broken>(Bytes.Check([.. FourTiles[half..], .. FourTiles[..half]]));
        Assert.IsType<ImageVerdict.Broken>(Bytes.Check([.. FourTiles[..half], .. FourTiles[..half]]));
    }

    [Fact]
    public void ImageCheck_the_same_tile_twice_is_broken()
    {
        var twice = FourTiles.With(TileParts[1] + 4, "0000");

        Assert.Equal($"the tile-part at offset {TileParts[1]} is part 0 of tile 0, but part 1 should come next", Reason(twice));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FFD9")]
    [InlineData("00")]
    public void ImageCheck_an_end_marker_that_is_not_the_end_is_broken(string more)
    {
        var end = TileParts[^1];
        byte[] cut = [.. FourTiles[..TileParts[3]], 0xFF, 0xD9, .. Convert.FromHexString(more)];

        Assert.IsType<ImageVerdict.Broken>(Bytes.Check(cut));
        Assert.IsType<ImageVerdict.Broken>(Bytes.Check([.. FourTiles, .. Convert.FromHexString(more + "0000")]));
        Assert.IsType<ImageVerdict.Broken>(Bytes.Check(FourTiles.With(end, "0000")));
    }

    [Theory]
    [InlineData(20, "6A706820")] // brand jph: HTJ2K
    [InlineData(99, "4000")] // Rsiz: capabilities in CAP
    [InlineData(179, "FF50")] // CAP
    [InlineData(179, "FF59")] // CPF
    [InlineData(179, "FF78")] // CBD, Part 2
    [InlineData(154, "0404 40")] // HT code-blocks
    [InlineData(204, "00")] // the number of tile-parts not said
    public void ImageCheck_HTJ2K_Part_2_and_what_the_standard_leaves_open_is_sound(int offset, string hex)
    {
        Assert.Equal(new ImageVerdict.Sound(SyntheticJp2.Facts(FourTiles.Length)), Bytes.Check(FourTiles.With(offset, hex)));
    }

    [Fact]
    public void ImageCheck_the_last_tile_part_may_leave_its_length_open_and_boxes_may_follow_the_codestream()
    {
        var open = FourTiles.With(TileParts[3] + 6, "00000000");
        var boxed = FourTiles.With(85, $"{FourTiles.Length - 77:X16}");
        byte[] followed = [.. boxed, 0, 0, 0, 12, .. "xml <a/>"u8];

        Assert.IsType<ImageVerdict.Sound>(Bytes.Check(open));
        Assert.IsType<ImageVerdict.Sound>(Bytes.Check(followed));
        Assert.IsType<ImageVerdict.Broken>(Bytes.Check(followed[..^1]));
    }

    private static string Reason(byte[] bytes) => Assert.IsType<ImageVerdict.Broken>(Bytes.Check(bytes)).Reason;
}
