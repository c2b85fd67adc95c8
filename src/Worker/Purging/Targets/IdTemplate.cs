using System.Globalization;
using System.Text.RegularExpressions;
using Understudy.Contracts;

namespace Understudy.Purging.Targets;

/// <summary>Texts that are made of an asset's id.</summary>
internal static partial class IdTemplate
{
    private static readonly string[] Known = ["id", "customer", "space", "asset"], Parts = ["{customer}", "{space}", "{asset}"];

    /// <returns>What is wrong, to go on after "it"; null: nothing, and no two assets have the same text.</returns>
    public static string? FaultOf(string template)
    {
        if (Tokens().Matches(template).FirstOrDefault(t => !Known.Contains(t.Groups[1].Value)) is { } stranger)
            return $"has '{stranger.Value}'; there are {string.Join(", ", Known.Select(k => $"{{{k}}}"))}";
        return Parts.All(t => template.Contains(t, StringComparison.Ordinal)) || template.Contains("{id}", StringComparison.Ordinal)
            ? null
            : "must have {id}, or {customer}, {space} and {asset}, or it would be that of other assets as well";
    }

    /// <returns>What all assets of a space begin with; null: their spaces don't stand before them.</returns>
    public static string? PrefixOfSpace(string template)
    {
        var whole = template.Replace("{id}", "{customer}/{space}/{asset}", StringComparison.Ordinal);
        var prefix = whole[..whole.IndexOf("{asset}", StringComparison.Ordinal)];
        return prefix.Contains("{customer}", StringComparison.Ordinal) && prefix.Contains("{space}", StringComparison.Ordinal) ? prefix : null;
    }

    /// <param name="customer">The number, or the name that stands for it in URLs.</param>
    /// <param name="encode">For what is not a number.</param>
    public static string Of(string template, AssetId id, string? customer, Func<string, string> encode)
    {
        var owner = customer is null ? id.Customer.ToString(CultureInfo.InvariantCulture) : encode(customer);
        var space = id.Space.ToString(CultureInfo.InvariantCulture);
        return Tokens().Replace(template, token => token.Groups[1].Value switch
        {
            "id" => $"{owner}/{space}/{encode(id.Asset)}",
            "customer" => owner,
            "space" => space,
            _ => encode(id.Asset),
        });
    }

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Tokens();
}
