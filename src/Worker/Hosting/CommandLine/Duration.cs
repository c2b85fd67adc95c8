using System.CommandLine.Parsing;
using System.Globalization;

namespace Understudy.Hosting.CommandLine;

/// <summary>Times as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>00:00:30</c>.</summary>
internal static class Duration
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
    ];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static TimeSpan Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (!TryParse(text, out var time))
            result.AddError($"'{text}' is no time; write 500ms, 30s, 5m, 1h or 00:00:30, at most a day");
        return time;
    }

    public static bool TryParse(string text, out TimeSpan time)
    {
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(..^suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= Longest / unit)
            {
                time = number * unit;
                return true;
            }
        }

        time = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time)
            && time >= TimeSpan.Zero
            && time <= Longest;
    }
}
