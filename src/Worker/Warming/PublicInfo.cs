using System.Globalization;
using Understudy.Contracts;

namespace Understudy.Warming;

/// <summary>Addresses of the info.json files that viewers get.</summary>
internal static class PublicInfo
{
    /// <returns>What is wrong with the template, to go on after "it"; null: nothing.</returns>
    public static string? FaultOf(string template, IReadOnlyList<int> versions)
    {
        if (!template.Contains("{asset}", StringComparison.Ordinal))
            return "must have {asset}, or all assets would have the same info.json";
        if (versions.Count > 1 && !template.Contains("{version}", StringComparison.Ordinal))
            return "must have {version}, as Warming:Versions names two";
        return Uri.TryCreate(Of(template, AssetId.Parse("1/1/image"), 3), UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? null
            : "must be an address, as https://iiif.example/iiif-img/v{version}/{customer}/{space}/{asset}";
    }

    public static string Of(string template, AssetId id, int version) => template
        .Replace("{version}", version == 2 ? "2" : "3", StringComparison.Ordinal)
        .Replace("{customer}", id.Customer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{space}", id.Space.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{asset}", Uri.EscapeDataString(id.Asset), StringComparison.Ordinal);
}
