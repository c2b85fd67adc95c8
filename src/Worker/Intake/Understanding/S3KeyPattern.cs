using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>
/// One form of key: <c>{customer}/{space}/{asset}</c>, <c>bucket:jp2/{customer}/{space}/{asset}.jp2</c>. What stands before the first colon
/// is a bucket's name, and the pattern is for that bucket alone. Each token stands there once, all else is taken as it is.
/// A key is read back as the one id that makes it: a number ends where its digits do, since neither a digit nor a token stands beside it,
/// and when the numbers are read off from both ends, what is left over is the asset's name.
/// </summary>
internal sealed partial class S3KeyPattern
{
    private static readonly string[] Tokens = ["{customer}", "{space}", "{asset}"];

    private readonly string? _bucket;
    private readonly Regex _key;

    private S3KeyPattern(string? bucket, Regex key) => (_bucket, _key) = (bucket, key);

    public static bool TryParse(string text, [NotNullWhen(true)] out S3KeyPattern? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        var colon = text.AsSpan().IndexOfAny(":/{");
        var bucket = colon >= 0 && text[colon] == ':' ? text[..colon] : null;
        var key = bucket is null ? text : text[(bucket.Length + 1)..];
        error = FaultOf(bucket, key) is { } fault ? $"S3 key pattern {Excerpt.Of(text)} {fault}" : null;
        if (error is not null)
            return false;

        result = new S3KeyPattern(bucket, KeyOf(key));
        return true;
    }

    public AssetId? AssetOf(string bucket, string key)
    {
        if (_bucket is not null && _bucket != bucket || _key.Match(key) is not { Success: true } match)
            return null;
        var parts = match.Groups;
        return AssetId.TryCreate(parts["customer"].Value, parts["space"].Value, parts["asset"].Value, out var id, out _) ? id : null;
    }

    private static string? FaultOf(string? bucket, string key)
    {
        if (bucket is not null && !BucketName().IsMatch(bucket))
            return $"has {Excerpt.Of(bucket)} before its first colon, which is no bucket's name (a key that holds a colon needs its bucket in front)";
        if (Brace().Matches(key).FirstOrDefault(brace => !Tokens.Contains(brace.Value)) is { } unknown)
            return $"has {Excerpt.Of(unknown.Value)}, which is no token; there are {string.Join(", ", Tokens)}";
        foreach (var token in Tokens)
        {
            if (key.Split(token).Length - 1 is not 1 and var times)
                return $"has {token} {times} times; it must have it once";
        }

        if (key.Any(char.IsControl))
            return "has a control character; no key of an asset has one";
        return BesideNumber().Match(key) is { Success: true } beside
            ? $"has {Excerpt.Of(beside.Value)}: something other than a digit must stand between a number and what comes before and after it, or nobody can tell where the number ends"
            : null;
    }

    private static Regex KeyOf(string pattern)
    {
        var key = new StringBuilder("^");
        foreach (var piece in Piece().EnumerateMatches(pattern))
        {
            var text = pattern.Substring(piece.Index, piece.Length);
            key.Append(text switch
            {
                "{asset}" => "(?<asset>[^/]+)",
                "{customer}" or "{space}" => $"(?<{text[1..^1]}>[0-9]+)",
                _ => Regex.Escape(text),
            });
        }

        return new Regex(key.Append("\\z").ToString(), RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
    }

    // As SourceUri takes them.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{2,254}\z")]
    private static partial Regex BucketName();

    /// <summary>A token, or a brace that belongs to none.</summary>
    [GeneratedRegex(@"\{[^{}]*\}|[{}]")]
    private static partial Regex Brace();

    [GeneratedRegex(@"\{[a-z]+\}|[^{}]+")]
    private static partial Regex Piece();

    [GeneratedRegex(@"[0-9}]\{(customer|space)\}|\{(customer|space)\}[0-9{]")]
    private static partial Regex BesideNumber();
}
