using System.Globalization;

namespace Understudy.Dashboard.Hosting;

/// <summary>What somebody typed into a field or a URL; a field that was left empty says nothing.</summary>
internal static class Typed
{
    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <exception cref="FormatException">It is no number.</exception>
    public static int? Number(string? text) =>
        Text(text) is not { } given ? null
        : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"'{given}' is no number of a customer or space");

    /// <param name="what">What it should be.</param>
    /// <exception cref="FormatException">There is no such word.</exception>
    public static T? Word<T>(string? text, string what)
        where T : struct, Enum =>
        Text(text) is not { } given ? null
        : Enum.TryParse<T>(given, ignoreCase: true, out var word) && Enum.IsDefined(word) && !char.IsAsciiDigit(given[0]) ? word
        : throw new FormatException($"'{given}' is no {what}");
}
