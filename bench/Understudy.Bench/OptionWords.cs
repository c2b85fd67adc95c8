using System.Globalization;

namespace Understudy.Bench;

/// <summary>The words of a command line: an option's value follows it, or stands behind its equals sign.</summary>
internal sealed class OptionWords(IEnumerable<string> arguments)
{
    private readonly Queue<string> _words = new(arguments.SelectMany(a => a.StartsWith("--", StringComparison.Ordinal) ? a.Split('=', 2) : [a]));

    /// <summary>null at the end.</summary>
    public string? Next() => _words.TryDequeue(out var word) ? word : null;

    /// <exception cref="FormatException">There is none.</exception>
    public string Value(string option) =>
        _words.TryDequeue(out var value) && value.Length > 0 ? value : throw new FormatException($"{option} needs a value");

    /// <exception cref="FormatException">It is no number from 1 to <paramref name="most"/>.</exception>
    public int Number(string option, int most) =>
        Value(option) is var text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new FormatException($"{option} is a whole number from 1 to {most}, not '{text}'");

    /// <exception cref="FormatException">It names something that isn't allowed, or nothing.</exception>
    public string[] Names(string option, IReadOnlyList<string> allowed)
    {
        var text = Value(option);
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = names.Except(allowed).FirstOrDefault();
        return unknown is null && names.Length > 0
            ? names
            : throw new FormatException($"{option} takes some of {string.Join(", ", allowed)}, not '{unknown ?? text}'");
    }
}
