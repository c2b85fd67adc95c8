using Understudy.Warming.Verification;
using Understudy.Worker.Tests.TestKit;
using static Understudy.Worker.Tests.Warming.Verification.Answers;

namespace Understudy.Worker.Tests.Warming.Verification;

/// <summary>Each format's bytes, whole and broken in the ways that have a reason of their own.</summary>
public class ImageBytesTests(RealJp2 real)
{
    private static readonly byte[] Jpeg = TinyJpeg.Of(Width, Height);
    private static readonly byte[] Png = TinyImages.Png(Width, Height);
    private static readonly byte[] Gif = TinyImages.Gif(Width, Height);
    private static readonly byte[] WebP = TinyImages.WebPLossy(Width, Height);

    [Fact]
    public void Whole_images_of_all_formats_are_good()
    {
        Assert.All(Samples.All, sample => Assert.Null(Judge(sample.Bytes, sample.Format)));
        Assert.Null(Judge(real.Make(Width, Height), "jp2"));
    }

    [Fact]
    public void Image_with_another_size_in_its_header_is_of_the_wrong_size()
    {
        foreach (var (format, other) in Samples.Of(Height, Width))
            Assert.Equal(new BadAnswer(Flaw.WrongSize, "wanted 300x200, got 200x300"), Judge(other, format));
        Assert.Equal(Flaw.WrongSize, Judge(real.Make(Height, Width), "jp2")?.Flaw);
    }

    [Fact]
    public void Jpeg_that_stops_says_where() =>
        Assert.Equal(new BadAnswer(Flaw.Truncated, $"the image stops after {Jpeg.Length - 2} bytes, before the end marker (EOI)"), Judge(Jpeg[..^2]));

    [Fact]
    public void Jpeg_with_something_after_its_end_is_damaged() =>
        Assert.Equal(
            new BadAnswer(Flaw.Damaged, "the image is damaged: 7 bytes follow the end marker (EOI): 0D0A \"error\""),
            Judge([.. Jpeg, .. "\r\nerror"u8]));

    [Fact]
    public void Jpeg_with_fill_bytes_and_restart_markers_is_good()
    {
        var scan = Jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] filled = [.. Jpeg.AsSpan(0, scan), 0xFF, 0xFF, .. Jpeg.AsSpan(scan, 30), 0xFF, 0xD0, 0xFF, 0x00, .. Jpeg.AsSpan(scan + 30)];

        Assert.Null(Judge(filled));
    }

    [Fact]
    public void Jpeg_without_its_parts_is_damaged()
    {
        var (frame, scan) = (Jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]), Jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]));

        Assert.Equal($"the scan at offset {scan} has no frame header (SOF) before it", Damage(Jpeg.With(frame + 1, "E2")));
        Assert.Equal($"it ends at offset {scan} without a scan", Damage([.. Jpeg[..scan], 0xFF, 0xD9]));
        Assert.Equal("its frame header (SOF) says 300x0", Damage(Jpeg.With(frame + 5, "0000")));
        Assert.Equal("it has two frame headers (SOF)", Damage([.. Jpeg[..scan], .. Jpeg[frame..]]));
        Assert.Equal($"marker FFC0 at offset {frame} has length 1; the least is 2", Damage(Jpeg.With(frame + 2, "0001")));
        Assert.Equal($"offset {frame} should hold a marker, but holds 00C0", Damage(Jpeg.With(frame, "00")));
        Assert.Equal($"marker FFD0 at offset {frame} does not belong there", Damage(Jpeg.With(frame, "FFD0")));
    }

    [Fact]
    public void Png_with_a_wrong_checksum_or_without_its_parts_is_damaged()
    {
        Assert.Equal("the chunk \"IHDR\" at offset 8 does not have the checksum that it says", Damage(Png.With(20, "FF"), "png"));
        Assert.Equal("it does not begin with a header (IHDR), but with \"IEND\" of 0 bytes", Damage([.. Png[..8], .. Png[^12..]], "png"));
        Assert.Equal("it ends without image data (IDAT)", Damage([.. Png[..33], .. Png[^12..]], "png"));
        Assert.Equal("1 bytes follow IEND: 00", Damage([.. Png, 0], "png"));
    }

    [Fact]
    public void Gif_without_its_parts_is_damaged()
    {
        Assert.Equal("it ends without an image", Damage([.. Gif[..27], 0x3B], "gif"));
        Assert.Equal("offset 27 should hold a block, but holds 07", Damage(Gif.With(27, "07"), "gif"));
        Assert.Equal("1 bytes follow the trailer: 00", Damage([.. Gif, 0], "gif"));
    }

    [Fact]
    public void WebP_whose_lengths_disagree_is_truncated_or_damaged()
    {
        Assert.Equal($"the image stops after {WebP.Length - 1} bytes, before byte {WebP.Length}, where RIFF ends", Judge(WebP[..^1], "webp")?.Reason);
        Assert.Equal("1 bytes follow RIFF: 00", Damage([.. WebP, 0], "webp"));
        Assert.Equal("the chunk at offset 12 does not fit in", Damage(WebP.With(16, "FF"), "webp"));
        Assert.Equal("it does not begin with a whole VP8, VP8L or VP8X chunk", Damage(WebP.With(12, "58"), "webp"));
    }

    [Fact]
    public void Jp2_that_the_copier_would_refuse_is_damaged()
    {
        var whole = real.Make(Width, Height);

        Assert.Equal(Flaw.Damaged, Judge(whole[..^2], "jp2")?.Flaw);
        Assert.Equal(Flaw.NotAnImage, Judge(Jpeg, "jp2")?.Flaw);
    }

    private static string Damage(byte[] bytes, string format = "jpg")
    {
        var bad = Judge(bytes, format);
        Assert.Equal(Flaw.Damaged, bad?.Flaw);
        return bad!.Reason.Replace("the image is damaged: ", "", StringComparison.Ordinal);
    }
}
