using System.Text;
using Understudy.Copying.Images;
using Understudy.Warming.Planning;

namespace Understudy.Warming.Verification;

/// <summary>
/// Whether an answer is the image that was asked for. A status of 200 says little: image servers send empty bodies, half images and
/// plain text with it, and their caches keep some of that.
/// </summary>
internal static class GoodImage
{
    /// <returns>What is wrong, or null.</returns>
    public static BadAnswer? Check(ImageRequest request, ServerAnswer answer) =>
        Whole.Check(answer) ?? CheckType(request, answer) ?? CheckImage(request, answer.Body);

    private static BadAnswer? CheckType(ImageRequest request, ServerAnswer answer)
    {
        var wanted = MediaType(request.Format);
        return string.Equals(answer.MediaType, wanted, StringComparison.OrdinalIgnoreCase)
            ? null
            : new BadAnswer(Flaw.WrongType, $"wanted {wanted}, got {Shown(answer.MediaType)} on {answer.Body.Length} bytes: {FirstBytes.Of(answer.Body.Span)}");
    }

    private static BadAnswer? CheckImage(ImageRequest request, ReadOnlyMemory<byte> body)
    {
        PixelSize size;
        var bad = request.Format switch
        {
            "jpg" => JpegBody.Measure(body.Span, out size),
            "png" => PngBody.Measure(body.Span, out size),
            "gif" => GifBody.Measure(body.Span, out size),
            "webp" => WebPBody.Measure(body.Span, out size),
            "tif" => FileBody.Measure(body, ImageFormat.Tiff, out size),
            "jp2" => FileBody.Measure(body, ImageFormat.Jp2, out size),
            _ => Unread(request, out size),
        };
        return bad ?? CheckSize(request, size);
    }

    // PDF, and what is to come: that there is something of the right type must do.
    private static BadAnswer? Unread(ImageRequest request, out PixelSize size)
    {
        size = request.Output;
        return null;
    }

    // The side that the request leaves open is the server's to round.
    private static BadAnswer? CheckSize(ImageRequest request, PixelSize got)
    {
        var wanted = request.Output;
        var (widthMayDiffer, heightMayDiffer) = (request.Size.StartsWith(',') ? 1 : 0, request.Size.EndsWith(',') ? 1 : 0);
        return Math.Abs(got.Width - wanted.Width) <= widthMayDiffer && Math.Abs(got.Height - wanted.Height) <= heightMayDiffer
            ? null
            : new BadAnswer(Flaw.WrongSize, $"wanted {wanted}, got {got}");
    }

    private static string MediaType(string format) => format switch
    {
        "jpg" => "image/jpeg",
        "tif" => "image/tiff",
        "pdf" => "application/pdf",
        _ => $"image/{format}",
    };

    private static string Shown(string? type) => string.IsNullOrEmpty(type) ? "no content type" : FirstBytes.Of(Encoding.UTF8.GetBytes(type));
}
