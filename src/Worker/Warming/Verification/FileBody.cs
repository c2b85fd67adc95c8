using Understudy.Copying.Images;
using Understudy.Warming.Planning;

namespace Understudy.Warming.Verification;

/// <summary>Formats that the copier knows as well, by its own check.</summary>
internal static class FileBody
{
    public static BadAnswer? Measure(ReadOnlyMemory<byte> body, ImageFormat wanted, out PixelSize size)
    {
        size = default;
        switch (ImageCheck.Check((offset, buffer) => Read(body.Span, offset, buffer), body.Length))
        {
            case ImageVerdict.Sound { Facts: var facts } when facts.Format == wanted:
                size = new PixelSize(facts.Width, facts.Height);
                return null;
            case ImageVerdict.Broken broken when broken.Format == wanted:
                return Bad.Structure(broken.Reason);
            default:
                return Bad.Start(body.Span, $"a {wanted}");
        }
    }

    private static int Read(ReadOnlySpan<byte> body, long offset, Span<byte> buffer)
    {
        var rest = offset < body.Length ? body[(int)offset..] : [];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }
}
