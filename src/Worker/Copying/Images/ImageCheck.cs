using static Understudy.Copying.Images.ImageVerdict;

namespace Understudy.Copying.Images;

/// <summary>
/// Whether a file is a whole image, from a few hundred bytes for each tile-part. The copier asks before it publishes, because
/// Cantaloupe 5.0.6 loops for ever on a JP2 that stops in its header, and takes one that stops later for good.
/// </summary>
internal static class ImageCheck
{
    private static ReadOnlySpan<byte> Jp2Signature => [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ', 0x0D, 0x0A, 0x87, 0x0A];

    public static ImageVerdict Check(ReadAt read, long length)
    {
        var file = Region.File(read, length);
        var first = Math.Min(length, Jp2Signature.Length);
        if (file.Read(0, (int)first, "the first bytes", out var firstBytes) is { } unread)
            return new Broken(ImageFormat.Unknown, unread);

        var format = Sniff(firstBytes);
        ImageFacts? facts = null;
        var fault = format switch
        {
            ImageFormat.Jp2 => Jp2.Check(file, out facts),
            ImageFormat.Codestream => Codestream.Check(file, out facts),
            ImageFormat.Jpeg => Jpeg.Check(file, out facts),
            ImageFormat.Tiff => Tiff.Check(file, out facts),
            _ when length == 0 => "the file is empty",
            _ => $"the file starts with {Convert.ToHexString(firstBytes)}, which is not JP2, JPEG 2000 codestream, JPEG or TIFF",
        };
        return fault is null ? new Sound(facts!) : new Broken(format, fault);
    }

    public static ImageFormat Sniff(ReadOnlySpan<byte> firstBytes)
    {
        if (firstBytes.StartsWith(Jp2Signature))
            return ImageFormat.Jp2;
        if (firstBytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]))
            return ImageFormat.Codestream;
        if (firstBytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return ImageFormat.Jpeg;
        return firstBytes.StartsWith("II*\0"u8) || firstBytes.StartsWith("MM\0*"u8)
            || firstBytes.StartsWith("II+\0"u8) || firstBytes.StartsWith("MM\0+"u8)
            ? ImageFormat.Tiff
            : ImageFormat.Unknown;
    }
}
