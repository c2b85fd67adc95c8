using Understudy.Contracts;

namespace Understudy.Copying.Sources;

/// <summary>Finds the source of an asset, and says whether it may be read.</summary>
internal sealed class SourceFinder(SourceOptions options, S3Access s3)
{
    /// <returns>null with the reason where there is no source to read.</returns>
    public SourceObject? Find(AssetId id, string? known, out string error)
    {
        if ((known ?? FromTemplate(id)) is not { } text)
        {
            error = "no source is known: name one in the event, or set Sources:Template";
            return null;
        }

        switch (SourceUri.Parse(text, out error))
        {
            case SourceUri.S3 uri when options.AllowedBuckets.Contains(uri.Bucket) || options.AllowedBuckets.Contains("*"):
                return new S3Source(uri, s3);
            case SourceUri.S3 uri:
                error = $"bucket '{uri.Bucket}' is not one of Sources:AllowedBuckets";
                return null;
            case SourceUri.File uri when options.FileRoots.Length > 0:
                return new FileSource(uri, options.FileRoots);
            case SourceUri.File:
                error = $"'{text}' is a file, and Sources:FileRoots is empty";
                return null;
            default:
                return null;
        }
    }

    private string? FromTemplate(AssetId id)
    {
        var asset = options.Template?.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) == true ? id.Asset : Uri.EscapeDataString(id.Asset);
        return options.Template?
            .Replace("{customer}", $"{id.Customer}", StringComparison.Ordinal)
            .Replace("{space}", $"{id.Space}", StringComparison.Ordinal)
            .Replace("{asset}", asset, StringComparison.Ordinal);
    }
}
