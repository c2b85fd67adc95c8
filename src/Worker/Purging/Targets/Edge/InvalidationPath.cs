using System.Text;

namespace Understudy.Purging.Targets.Edge;

/// <summary>
/// Paths as CloudFront wants them: what RFC 1738 calls unsafe is percent-encoded, and nothing else, or it doesn't find what viewers asked for.
/// </summary>
internal static class InvalidationPath
{
    public static bool IsWildcard(string path) => path.EndsWith('*');

    public static IEnumerable<string> Of(IReadOnlyList<string> templates, PurgeSubject subject)
    {
        var customers = subject.CustomerName is { } name ? new[] { null, name } : [null];
        return customers.SelectMany(c => templates.Select(t => IdTemplate.Of(t, subject.Id, c, Encode)));
    }

    /// <returns>null: not every path has the asset behind its space, so that no prefix names the space.</returns>
    public static IReadOnlyList<string>? OfSpace(IReadOnlyList<string> templates, PurgeSubject subject)
    {
        var prefixes = templates.Select(IdTemplate.PrefixOfSpace).ToList();
        return prefixes.Contains(null) ? null : [.. Of([.. prefixes.Select(p => $"{p}*")], subject).Distinct()];
    }

    private static string Encode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            // And what would be another path, a query, or a wildcard.
            if (rune.Value is <= 0x20 or >= 0x7F or '<' or '>' or '"' or '#' or '%' or '{' or '}' or '|' or '\\' or '^' or '~' or '[' or ']' or '`' or '?' or '*' or '/')
                encoded.Append(Escaped(rune));
            else
                encoded.Append(rune);
        }

        return encoded.ToString();
    }

    private static string Escaped(Rune rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        return string.Concat(utf8[..rune.EncodeToUtf8(utf8)].ToArray().Select(b => $"%{b:X2}"));
    }
}
