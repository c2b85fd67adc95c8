using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;
using Understudy.Worker.Tests.TestKit;
using static Understudy.Worker.Tests.Warming.Verification.Answers;

namespace Understudy.Worker.Tests.Warming.Verification;

/// <summary>Whatever a server sends, there is a verdict, and half an image is never a good one. A failure prints the seed to replay.</summary>
public class HostileBodyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly (string Format, string Hex)[] Starts =
    [
        ("jpg", ""), ("jpg", "FFD8FF"), ("jpg", "FFD8FFC0000B0800C8012C01011100FFDA0008010100003F00"), ("png", "89504E470D0A1A0A"), ("gif", "474946383961"),
        ("gif", "4749463839612C01C800800000"), ("webp", "524946461A00000057454250"), ("webp", "524946461A00000057454250565038580A000000"),
        ("tif", "49492A00"), ("jp2", "0000000C6A5020200D0A870A"), ("pdf", ""), ("avif", "00000020"),
    ];

    [Fact]
    public void Good_image_random_bytes_after_any_signature_have_a_verdict_and_no_good_one()
    {
        Prop.ForAll(Gen.Elements(Starts).Zip(ArbMap.Default.GeneratorFor<byte[]>()).ToArbitrary(), body =>
        {
            byte[] bytes = [.. Convert.FromHexString(body.Item1.Hex), .. body.Item2];
            var bad = Judge(bytes, body.Item1.Format);
            // A scan may hold anything: the header above with random bytes and, by chance, an end marker is a JPEG.
            return bad is not null || body.Item1.Format is "avif" || bytes.AsSpan().EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]);
        }).Check(Many);
    }

    [Fact]
    public void Good_image_truncated_anywhere_is_bad()
    {
        foreach (var (format, whole) in Samples.All)
        {
            for (var length = 0; length < whole.Length; length++)
                Assert.NotNull(Judge(whole[..length], format));
        }
    }

    [Fact]
    public void Good_image_truncated_jpeg_of_any_size_is_bad()
    {
        var cuts = from width in Gen.Choose(1, 600)
                   from height in Gen.Choose(1, 600)
                   from kind in Gen.Elements<Func<int, int, byte[]>>(TinyJpeg.Of, TinyJpeg.Progressive, TinyJpeg.WithThumbnail)
                   from cut in Gen.Choose(0, 10_000)
                   select (Width: width, Height: height, Bytes: kind(width, height), Cut: cut);

        Prop.ForAll(cuts.ToArbitrary(), sample =>
        {
            var size = new PixelSize(sample.Width, sample.Height);
            var request = new ImageRequest("full", $"{size.Width},{size.Height}", "jpg", 0, size, size);
            return GoodImage.Check(request, Ok(sample.Bytes)) is null
                && GoodImage.Check(request, Ok(sample.Bytes[..(sample.Cut % sample.Bytes.Length)])) is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Good_image_random_damage_always_has_a_verdict_and_a_png_shows_all_of_it()
    {
        var damage = from sample in Gen.Elements(Samples.All.AsEnumerable())
                     from changes in Gen.Choose(0, 10_000).Zip(Gen.Choose(1, 255)).NonEmptyListOf()
                     select (sample.Format, sample.Bytes, Changes: changes);

        Prop.ForAll(damage.ToArbitrary(), sample =>
        {
            byte[] damaged = [.. sample.Bytes];
            foreach (var (at, change) in sample.Changes.DistinctBy(c => c.Item1 % damaged.Length))
                damaged[at % damaged.Length] ^= (byte)change;
            return Judge(damaged, sample.Format) is not null || sample.Format != "png";
        }).Check(Many);
    }

    [Fact]
    public void Reason_has_no_raw_control_characters_and_stays_short()
    {
        Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), noise =>
        {
            byte[] body = [.. noise, 0x1B, .. "[2J\u202E\u2028"u8, .. noise];
            var reason = GoodImage.Check(Request(), Ok(body, "text/\n\u0007"))!.Reason;
            return reason.Length < 400 && !reason.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune.Value is 0x202E or 0x2028);
        }).Check(Many);
    }
}
