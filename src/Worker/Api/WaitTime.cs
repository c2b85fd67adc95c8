using System.Globalization;

namespace Understudy.Api;

/// <summary>How long a caller is ready to wait: <c>10s</c>, <c>500ms</c>, <c>2m</c>, or plain seconds; at most five minutes.</summary>
internal static class WaitTime
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static bool TryParse(string? text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text))
            return true;

        var unit = text.EndsWith("ms", StringComparison.Ordinal) ? "ms" : text[^1] is 's' or 'm' ? text[^1..] : "";
        if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;

        var seconds = unit switch { "ms" => number / 1000, "m" => number * 60, _ => number };
        if (!(seconds >= 0 && seconds <= Longest.TotalSeconds))
            return false;
        wait = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
