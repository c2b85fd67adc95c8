using System.Globalization;

namespace Understudy.Api;

/// <summary>Values of a query. Read here and not by the framework: its words for a wrong value are for programmers.</summary>
internal static class Query
{
    /// <returns>Whether it may stand: also one that isn't given.</returns>
    public static bool TryNumber(string? text, int least, int most, out int? number)
    {
        number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed >= least && parsed <= most ? parsed : null;
        return text is null || number is not null;
    }

    /// <summary>The name of a value, in any case; its number is none.</summary>
    public static bool TryWord<T>(string? text, out T? word)
        where T : struct, Enum
    {
        word = Enum.TryParse<T>(text, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !int.TryParse(text, out _) ? parsed : null;
        return text is null || word is not null;
    }

    /// <summary>The rule for <see cref="TryWord"/>.</summary>
    public static string OneOf<T>()
        where T : struct, Enum => $"must be one of {string.Join(", ", Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))}";
}
