using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Warming.Verification;

internal static class Samples
{
    public static IReadOnlyList<(string Format, byte[] Bytes)> All { get; } = Of(Answers.Width, Answers.Height);

    /// <summary>One of each way to write down a size.</summary>
    public static IReadOnlyList<(string Format, byte[] Bytes)> Of(int width, int height) =>
    [
        ("jpg", TinyJpeg.Of(width, height)),
        ("jpg", TinyJpeg.Progressive(width, height)),
        ("jpg", TinyJpeg.WithThumbnail(width, height)),
        ("png", TinyImages.Png(width, height)),
        ("gif", TinyImages.Gif(width, height)),
        ("webp", TinyImages.WebPLossy(width, height)),
        ("webp", TinyImages.WebPLossless(width, height)),
        ("webp", TinyImages.WebPExtended(width, height)),
    ];
}
