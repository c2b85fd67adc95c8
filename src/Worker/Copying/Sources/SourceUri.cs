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
        public override string ToString() => $"file://{string.Join('/', Path.Split('/').Select(Uri.EscapeDataString))}";
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
        if (parts is [var region, { Length: > 0 } bucket, { Length: > 0 } key] && RegionName().IsMatch(region))
            return Object(region, bucket, key);

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? Object(null, rest[..slash], rest[(slash + 1)..]) : null;
    }

    private static S3? Object(string? region, string bucket, string key) =>
        key.Length > 0 && BucketName().IsMatch(bucket) ? new S3(region, bucket, key) : null;

    private static File? FromFile(string rest)
    {
        // file:///path; a host other than this one (file://host/path) is not ours to read.
        var path = Uri.UnescapeDataString(rest.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase) ? rest[9..] : rest);
        return path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) ? new File(path) : null;
    }

    private static S3? FromHttp(string text)
    {
        // As it stands: a key may hold dots and #, and S3 takes them for what they are.
        if (!Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri)
            || uri is not { AbsolutePath: ['/', ..], Query: "", UserInfo: "", IsDefaultPort: true })
            return null;

        var match = AmazonHost().Match(uri.Host);
        if (!match.Success)
            return null;

        var region = match.Groups["region"] is { Success: true } r ? r.Value : null;
        var path = uri.AbsolutePath[1..];
        if (match.Groups["bucket"] is { Success: true } bucket)
            return Object(region, bucket.Value, Uri.UnescapeDataString(path));
        return FromS3(path) is { Region: null } pathStyle ? Object(region, pathStyle.Bucket, Uri.UnescapeDataString(pathStyle.Key)) : null;
    }

    // Region names by their grammar, so that new ones need no list, and my-images-1 stays a bucket.
    private const string RegionGrammar = "[a-z]{2,4}(-gov|-iso[a-z]?|-de)?-(central|north|south|(north|south)?(east|west))-[0-9]{1,2}";

    [GeneratedRegex(@$"^{RegionGrammar}\z")]
    private static partial Regex RegionName();

    // S3's rules for names, and those that old buckets got away with: nothing that means something in a URL's host.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{2,254}\z")]
    private static partial Regex BucketName();

    [GeneratedRegex($@"^((?<bucket>.+)\.)?s3(\.dualstack)?([.-](?<region>{RegionGrammar}))?\.amazonaws\.com(\.cn)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex AmazonHost();
}
