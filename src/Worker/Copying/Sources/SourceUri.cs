using System.Text.RegularExpressions;

namespace Understudy.Copying.Sources;

/// <summary>Where a JP2 comes from, in one of the forms that DLCS writes into <c>"ImageLocation"."S3"</c>, or a file.</summary>
internal abstract partial record SourceUri
{
    /// <summary>An object in S3; <paramref name="Region"/> is null where the form doesn't name one.</summary>
    public sealed record S3(string? Region, string Bucket, string Key) : SourceUri
    {
        public override string ToString() => Region is null ? $"s3://{Bucket}/{Key}" : $"s3://{Region}/{Bucket}/{Key}";
    }

    /// <summary>A file, by its absolute path.</summary>
    public sealed record File(string Path) : SourceUri
    {
        public override string ToString() => $"file://{Path}";
    }

    /// <returns>null with the reason where the text has none of the known forms.</returns>
    public static SourceUri? Parse(string text, out string error)
    {
        error = "";
        SourceUri? result =
            text.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) ? FromS3(text[5..])
            : text.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? FromFile(text[7..])
            : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? FromHttp(text)
            : null;
        if (result is null)
            error = $"source '{text}' has none of the forms s3://bucket/key, s3://region/bucket/key, https://….amazonaws.com/…, file:///path";
        return result;
    }

    private static S3? FromS3(string rest)
    {
        // s3://eu-west-1/bucket/key is DLCS's own form (IncludeRegionInS3Uri); a bucket may bear a region's name only without it.
        var parts = rest.Split('/', 3);
        if (parts.Length == 3 && RegionName().IsMatch(parts[0]) && parts[1].Length > 0 && parts[2].Length > 0)
            return new S3(parts[0], parts[1], parts[2]);

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < rest.Length - 1 ? new S3(null, rest[..slash], rest[(slash + 1)..]) : null;
    }

    private static File? FromFile(string rest)
    {
        // file:///path; a host other than this one (file://host/path) is not ours to read.
        var path = Uri.UnescapeDataString(rest.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase) ? rest[9..] : rest);
        return path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) ? new File(path) : null;
    }

    private static S3? FromHttp(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Query.Length > 0)
            return null;

        var match = AmazonHost().Match(uri.Host);
        if (!match.Success)
            return null;

        var region = match.Groups["region"] is { Success: true } r ? r.Value : null;
        var path = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (match.Groups["bucket"] is { Success: true } bucket)
            return path.Length > 0 ? new S3(region, bucket.Value, path) : null;
        return FromS3(path) is { Region: null } pathStyle ? pathStyle with { Region = region } : null;
    }

    [GeneratedRegex("^[a-z]{2}(-[a-z]+)+-[0-9]+$")]
    private static partial Regex RegionName();

    [GeneratedRegex(@"^((?<bucket>.+)\.)?s3([.-](?<region>[a-z]{2}(-[a-z]+)+-[0-9]+))?\.amazonaws\.com$", RegexOptions.IgnoreCase)]
    private static partial Regex AmazonHost();
}
