using System.Globalization;
using System.Text.RegularExpressions;
using Understudy.Contracts;
using Understudy.Copying.Store;

namespace Understudy.Cantaloupe;

/// <summary>How an asset is called at an image server, percent-encoded as it stands in the URL.</summary>
internal sealed partial class IdentifierTemplate(string template)
{
    private static readonly string[] Known = ["path", "source", "customer", "space", "image-dir", "image"];

    /// <returns>What is wrong with it, to go on after "it"; null: nothing.</returns>
    public static string? FaultOf(string template)
    {
        if (template.Length == 0 || template.Contains('/', StringComparison.Ordinal) || template.Any(c => c is '?' or '#' or ' ' || char.IsControl(c)))
            return "must be one segment of a URL: slashes as %2F, no '?' or '#'";
        if (Tokens().Matches(template).FirstOrDefault(t => !Known.Contains(t.Groups[1].Value)) is { } stranger)
            return $"has '{stranger.Value}'; there are {string.Join(", ", Known.Select(k => $"{{{k}}}"))}";
        return Tokens().Matches(template).Any(t => t.Groups[1].Value is "path" or "source" or "image") ? null : "must have {path}, {source} or {image}, or all assets would be the same image";
    }

    /// <summary>Whether the same asset from another source is another image to the server.</summary>
    public bool UsesSource { get; } = template.Contains("{source}", StringComparison.Ordinal);

    /// <param name="path">The copy's, relative to the store's root.</param>
    public string Of(AssetId id, string path, string source) => Tokens().Replace(template, token => token.Groups[1].Value switch
    {
        "path" => Encode(path),
        "source" => Encode(source),
        "customer" => id.Customer.ToString(CultureInfo.InvariantCulture),
        "space" => id.Space.ToString(CultureInfo.InvariantCulture),
        "image-dir" => Encode(PathTemplate.Split(id.Asset)),
        _ => Encode(id.Asset),
    });

    /// <summary>One page of a source that has several: Cantaloupe's standard meta-identifier. Pages begin with 1, which needs no mention.</summary>
    public static string OfPage(string identifier, int page) => page == 1 ? identifier : string.Create(CultureInfo.InvariantCulture, $"{identifier};{page}");

    // DLCS leaves the colon of s3:// as it is.
    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Tokens();
}
