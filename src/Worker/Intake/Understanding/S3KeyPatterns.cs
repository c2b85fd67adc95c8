using System.Diagnostics.CodeAnalysis;
using Understudy.Contracts;

namespace Understudy.Intake.Understanding;

/// <summary>Which objects in S3 are assets' sources, and of which asset. The first pattern that fits decides.</summary>
internal sealed class S3KeyPatterns
{
    private readonly S3KeyPattern[] _patterns;

    private S3KeyPatterns(S3KeyPattern[] patterns) => _patterns = patterns;

    /// <summary>The keys under which DLCS keeps the JPEG 2000 that it made, and an original that is served as it is.</summary>
    public static IReadOnlyList<string> OfDlcs { get; } = ["{customer}/{space}/{asset}", "{customer}/{space}/{asset}/original"];

    /// <param name="error">Names the pattern and the rule that it breaks.</param>
    public static bool TryCreate(IReadOnlyList<string> patterns, [NotNullWhen(true)] out S3KeyPatterns? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        error = null;
        var parsed = new S3KeyPattern[patterns.Count];
        for (var i = 0; i < parsed.Length; i++)
        {
            if (!S3KeyPattern.TryParse(patterns[i], out var pattern, out error))
                return false;
            parsed[i] = pattern;
        }

        result = new S3KeyPatterns(parsed);
        return true;
    }

    /// <param name="key">Decoded, as S3 knows it.</param>
    /// <returns>null where no pattern fits, or what fits is no asset's id.</returns>
    public AssetId? AssetOf(string bucket, string key)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.AssetOf(bucket, key) is { } id)
                return id;
        }

        return null;
    }
}
