using System.Text.RegularExpressions;

namespace Understudy.Copying.Store;

/// <summary>
/// Which templates give every asset a file of its own. The argument: only <c>{image-dir}</c> varies in its number of segments, so a
/// segment before it can be counted from the left and one after it from the right. In a segment, a number that stands beside no digit
/// and no token is read off to its end, and with one <c>{image}</c> at most, what is left of it is the name. So the path can be read back.
/// (A file of one asset may still be a folder of another's, as with <c>{image-dir}/{image}</c>: publishing refuses that.)
/// </summary>
internal static partial class TemplateRules
{
    private static readonly string[] Tokens = ["{customer}", "{space}", "{image-dir}", "{image}"];

    /// <summary>What is wrong with a template that is relative to the root, or null.</summary>
    public static string? FaultOf(string template)
    {
        if (template.Contains("{root}", StringComparison.Ordinal))
            return "may have {root} only at its start, followed by a slash";
        if (Token().Matches(template).FirstOrDefault(m => !Tokens.Contains(m.Value)) is { } unknown)
            return $"has the unknown token {unknown.Value}; known are {{root}}, {string.Join(", ", Tokens)}";
        foreach (var needed in new[] { "{customer}", "{space}" })
        {
            if (!template.Contains(needed, StringComparison.Ordinal))
                return $"must contain {needed}, or assets would share a file";
        }

        var segments = template.Split('/');
        if (Count(segments[^1], "{image}") != 1)
            return "must have {image} exactly once in its file name, or assets would share a file";
        if (segments.Count(s => s.Contains("{image-dir}", StringComparison.Ordinal)) > 1)
            return "may have {image-dir} once";
        return segments.Select(SegmentFaultOf).FirstOrDefault(fault => fault is not null);
    }

    private static string? SegmentFaultOf(string segment)
    {
        if (segment.Contains("{image-dir}", StringComparison.Ordinal) && segment != "{image-dir}")
            return "must have {image-dir} as a whole segment";
        if (Count(segment, "{image}") > 1)
            return "may have {image} once in a segment";

        // Between two tokens, or a token and a digit, nobody can tell where the number ends: 1 and 23, or 12 and 3.
        foreach (Match number in Number().Matches(segment))
        {
            var before = number.Index == 0 ? '/' : segment[number.Index - 1];
            var end = number.Index + number.Length;
            var after = end == segment.Length ? '/' : segment[end];
            if (before == '}' || after == '{' || char.IsAsciiDigit(before) || char.IsAsciiDigit(after))
                return $"must have {number.Value} apart from digits and from other tokens, or assets would share a file";
        }

        return null;
    }

    private static int Count(string segment, string token) => segment.Split(token).Length - 1;

    [GeneratedRegex(@"\{[^{}/]*\}")]
    private static partial Regex Token();

    [GeneratedRegex(@"\{customer\}|\{space\}")]
    private static partial Regex Number();
}
