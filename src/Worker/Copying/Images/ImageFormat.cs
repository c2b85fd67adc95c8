namespace Understudy.Copying.Images;

/// <summary>What the first bytes say. <c>Codestream</c> is JPEG 2000 without the JP2 boxes around it (.j2k, .j2c).</summary>
internal enum ImageFormat
{
    Jp2,
    Jpeg,
    Tiff,
    Codestream,
    Unknown,
}
