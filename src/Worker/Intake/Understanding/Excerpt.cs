using System.Text;
using System.Text.Json;

namespace Understudy.Intake.Understanding;

/// <summary>Foreign text as it may stand in a reason: short, on one line, and nothing in it that a log or the catalogue couldn't hold.</summary>
internal static class Excerpt
{
    private const int Longest = 80;
    private const int LongestReason = 500;

    public static string Of(string text) => $"'{Plain(text, Longest)}'";

    public static string Of(JsonElement json) => Plain(json.GetRawText(), Longest);

    /// <summary>A whole sentence that somebody else made of foreign text.</summary>
    public static string OfReason(string reason) => Plain(reason, LongestReason);

    private static string Plain(string text, int longest)
    {
        var plain = new StringBuilder(Math.Min(text.Length, longest) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (plain.Length >= longest)
                return plain.Append('…').ToString();
            plain.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }

        return plain.ToString();
    }
}
