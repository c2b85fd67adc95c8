using Understudy.Contracts;
using Understudy.Copying.Images;
using Understudy.Copying.Sources;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>Which kinds of image may stand in the store.</summary>
internal static class Formats
{
    /// <summary>By the first bytes, which say what DLCS's file names don't: a <c>use-original</c> asset is called .jp2 whatever it is.</summary>
    public static Outcome? Refuse(ReadOnlySpan<byte> first, SourceObject source, SourceOptions options) =>
        Refuse(ImageCheck.Sniff(first), source, options);

    public static Outcome? Refuse(ImageFormat format, SourceObject source, SourceOptions options) => format switch
    {
        ImageFormat.Jp2 => null,
        ImageFormat.Unknown => new Outcome.Hopeless(Fault.BadSource, $"{source.Uri} is no image: its first bytes are those of no known format"),
        _ when options.AllowOtherFormats => null,
        _ => new Outcome.Hopeless(Fault.BadSource, $"{source.Uri} is a {Name(format)}, not a JP2; Sources:AllowOtherFormats would let it in"),
    };

    private static string Name(ImageFormat format) => format switch
    {
        ImageFormat.Codestream => "bare JPEG 2000 codestream",
        ImageFormat.Jpeg => "JPEG",
        ImageFormat.Tiff => "TIFF",
        _ => format.ToString(),
    };
}
