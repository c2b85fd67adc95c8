using System.Buffers.Binary;
using Understudy.Copying.Images;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Copying.Images;

public class OtherFormatsTests
{
    private static readonly byte[] Jpeg = Convert.FromHexString(
        "FFD8" + "FFE0000446464646"[..12] + "FF" + "FFC0001108" + "00280030" + "03" + "011100021100031100" + "FFDA0002" + "112233" + "FFD9");

    [Fact]
    public void Sniff_knows_the_formats_by_their_first_bytes_only()
    {
        Assert.Equal(ImageFormat.Jp2, ImageCheck.Sniff(SyntheticJp2.Bytes(512, seed: 1)));
        Assert.Equal(ImageFormat.Jpeg, ImageCheck.Sniff(Jpeg));
        Assert.Equal(ImageFormat.Codestream, ImageCheck.Sniff([0xFF, 0x4F, 0xFF, 0x51, 0x00]));
        Assert.Equal(ImageFormat.Tiff, ImageCheck.Sniff("II*\0"u8));
        Assert.Equal(ImageFormat.Tiff, ImageCheck.Sniff("MM\0*"u8));
        Assert.Equal(ImageFormat.Tiff, ImageCheck.Sniff("II+\0"u8));
        Assert.Equal(ImageFormat.Unknown, ImageCheck.Sniff("<html>"u8));
        Assert.Equal(ImageFormat.Unknown, ImageCheck.Sniff([]));
    }

    [Fact]
    public void ImageCheck_an_error_page_in_place_of_an_image_is_broken()
    {
        Assert.Equal(
            new ImageVerdict.Broken(ImageFormat.Unknown, "the file starts with 3C68746D6C3E, which is not JP2, JPEG 2000 codestream, JPEG or TIFF"),
            Bytes.Check([.. "<html>"u8]));
    }

    [Fact]
    public void ImageCheck_a_jpeg_is_sound_with_its_size_and_every_truncation_is_broken()
    {
        Assert.Equal(new ImageVerdict.Sound(new ImageFacts(ImageFormat.Jpeg, 48, 40, 48, 40, 0, 3, 8)), Bytes.Check(Jpeg));
        for (var length = 0; length < Jpeg.Length; length++)
            Assert.IsType<ImageVerdict.Broken>(Bytes.Check(Jpeg[..length]));
    }

    [Fact]
    public void ImageCheck_a_jpeg_without_its_frame_header_or_end_is_broken()
    {
        Assert.Equal("the scan at offset 28 has no frame header (SOF) before it", Reason(Jpeg.With(10, "E1")));
        Assert.Equal("the last two bytes, at offset 35, should be FFD9 (EOI), but are 0000", Reason(Jpeg.With(35, "0000")));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public void ImageCheck_a_tiff_is_sound_with_its_size_and_every_truncation_is_broken(bool bigEndian, bool big, bool tiled)
    {
        var tiff = Tiff(bigEndian, big, tiled);
        var facts = new ImageFacts(ImageFormat.Tiff, 48, 40, tiled ? 16 : 48, tiled ? 32 : 40, 0, 3, 16);

        Assert.Equal(new ImageVerdict.Sound(facts), Bytes.Check(tiff));
        for (var length = 0; length < tiff.Length; length++)
            Assert.IsType<ImageVerdict.Broken>(Bytes.Check(tiff[..length]));
    }

    [Fact]
    public void ImageCheck_a_tiff_whose_directory_is_outside_the_file_is_broken()
    {
        var tiff = Tiff(bigEndian: false, big: false, tiled: false);

        Assert.Equal($"the first directory should be inside the file, but is at offset 4294967295 of {tiff.Length}", Reason(tiff.With(4, "FFFFFFFF")));
    }

    private static string Reason(byte[] bytes) => Assert.IsType<ImageVerdict.Broken>(Bytes.Check(bytes)).Reason;

    /// <summary>A directory, three samples' depths, the places of two strips or tiles, and their pixels at the end.</summary>
    private static byte[] Tiff(bool bigEndian, bool big, bool tiled)
    {
        using var file = new MemoryStream();
        void Put(long value, int size)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            if (bigEndian)
                bytes[..size].Reverse();
            file.Write(bytes[..size]);
        }

        (int Tag, int Type, long[] Values)[] entries =
        [
            (256, 3, [48]), (257, 3, [40]), (258, 3, [16, 16, 16, 16, 16]), (277, 3, [3]),
            .. tiled ? [(322, 3, [16]), (323, 4, [32])] : Array.Empty<(int, int, long[])>(),
            (tiled ? 324 : 273, 4, [1000, 1010, 1020]), (tiled ? 325 : 279, 4, [10, 10, 10]), (305, 2, [0]),
        ];
        var (word, entry) = big ? (8, 20) : (4, 12);
        var free = (big ? 16 : 8) + (big ? 8 : 2) + entries.Length * entry + word;

        file.Write(bigEndian ? "MM"u8 : "II"u8);
        Put(big ? 43 : 42, 2);
        if (big)
        {
            Put(8, 2);
            Put(0, 2);
        }

        Put(big ? 16 : 8, word);
        Put(entries.Length, big ? 8 : 2);
        foreach (var (tag, type, values) in entries)
        {
            var size = type == 3 ? 2 : type == 4 ? 4 : 1;
            Put(tag, 2);
            Put(type, 2);
            Put(values.Length, word);
            var end = file.Position + word;
            if (values.Length * size > word)
            {
                Put(free, word);
                file.Position = free;
                free += values.Length * size;
            }

            foreach (var value in values)
                Put(value, size);
            file.Position = end;
        }

        file.SetLength(1030);
        return file.ToArray();
    }
}
