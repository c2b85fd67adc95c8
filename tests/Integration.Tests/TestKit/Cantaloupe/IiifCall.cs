using System.Globalization;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>A URL of the Image API, taken apart.</summary>
/// <param name="Identifier">Decoded, as the caches key it: with its leading slash, without its page.</param>
/// <param name="Page">From 1.</param>
/// <param name="Operation">Null: info.json is asked for.</param>
/// <param name="Query">With its question mark, or empty.</param>
internal sealed record IiifCall(int Version, string Identifier, int Page, ImageOperation? Operation, string Query)
{
    /// <summary>The value of the query argument <c>cache</c>.</summary>
    public string? Cache => Query.TrimStart('?').Split('&').FirstOrDefault(a => a.StartsWith("cache=", StringComparison.Ordinal))?[6..];

    /// <summary>Under which a derivative is kept. The API's version isn't part of it; each way to write a size and each query is.</summary>
    public string Key => $"{(Page > 1 ? $"{Page}:" : "")}{Operation?.Key}{Query}";

    /// <param name="target">As sent: decoded, it would have lost the slashes that belong to the identifier.</param>
    public static IiifCall? Parse(string target)
    {
        var (path, query) = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? (target[..mark], target[mark..]) : (target, "");
        if (path.TrimStart('/').Split('/') is not ["iiif", ("2" or "3") and var number, var identifier, .. var rest])
            return null;
        var (bare, page) = Meta(Uri.UnescapeDataString(identifier));
        var version = number[0] - '0';
        return rest switch
        {
            ["info.json"] => new(version, bare, page, null, query),
            [var region, var size, var rotation, var last] when last.Split('.') is [var quality, var format] =>
                new(version, bare, page, new ImageOperation(Uri.UnescapeDataString(region), Uri.UnescapeDataString(size), rotation, quality, format), query),
            _ => null,
        };
    }

    // StandardMetaIdentifierTransformer: identifier;page.
    private static (string Identifier, int Page) Meta(string identifier)
    {
        var mark = identifier.LastIndexOf(';');
        return mark >= 0 && int.TryParse(identifier[(mark + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            ? (identifier[..mark], page)
            : (identifier, 1);
    }
}
