using System.Buffers;
using System.Globalization;
using System.Text;

namespace Understudy.Warming.Verification;

/// <summary>How a body that is no image begins, fit for a log and a terminal: <c>"Status: 404" 0D0A "Server"</c>.</summary>
internal static class FirstBytes
{
    private const int Most = 60;

    public static string Of(ReadOnlySpan<byte> body)
    {
        var shown = new StringBuilder();
        var rest = body[..Math.Min(body.Length, Most)];
        for (bool? wasText = null; rest.Length > 0;)
        {
            var isText = IsText(rest, out var count);
            if (isText != wasText)
                shown.Append(Between(wasText, isText));
            shown.Append(isText ? Encoding.UTF8.GetString(rest[..count]) : Convert.ToHexString(rest[..count]));
            rest = rest[count..];
            wasText = isText;
            if (rest.IsEmpty && isText)
                shown.Append('"');
        }

        return body.Length > Most ? $"{shown} …" : shown.ToString();
    }

    private static string Between(bool? wasText, bool isText) => (wasText, isText) switch
    {
        (null, true) => "\"",
        (null, false) => "",
        (_, true) => " \"",
        (_, false) => "\" ",
    };

    private static bool IsText(ReadOnlySpan<byte> bytes, out int count) =>
        Rune.DecodeFromUtf8(bytes, out var rune, out count) == OperationStatus.Done && IsPrintable(rune);

    // Format characters turn the direction of writing or hide; a line separator begins a line.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
