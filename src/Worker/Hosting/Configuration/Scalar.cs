using System.Collections;
using System.ComponentModel;
using System.Globalization;

namespace Understudy.Hosting.Configuration;

/// <summary>Single values of configuration: which types are one, what text they take, and how they are shown.</summary>
internal static class Scalar
{
    public static bool Is(Type type) =>
        type == typeof(string) || TypeDescriptor.GetConverter(Plain(type)).CanConvertFrom(typeof(string)) && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <returns>null where the text is a value of the type; otherwise what would be.</returns>
    public static string? WhatIsWrong(Type type, string text)
    {
        var plain = Plain(type);
        if (text.Length == 0 && plain != type || plain == typeof(string) || IsGood(plain, text))
            return null;
        return plain == typeof(TimeSpan) ? "must be a time such as 00:20:00 (20 minutes) or 1.00:00:00 (a day)"
            : plain == typeof(ByteSize) ? $"must be {ByteSize.Allowed}"
            : plain == typeof(bool) ? "must be true or false"
            : plain == typeof(Uri) ? "must be an absolute URL such as http://host:8080"
            : plain.IsEnum ? $"must be one of {string.Join(", ", Enum.GetNames(plain))}"
            : plain == typeof(int) ? $"must be a whole number of at most {int.MaxValue}"
            : plain == typeof(long) ? "must be a whole number"
            : plain == typeof(double) || plain == typeof(decimal) || plain == typeof(float) ? "must be a number such as 0.5"
            : $"must be a {plain.Name}";
    }

    public static string? Show(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static bool IsGood(Type type, string text)
    {
        // The framework's converters take more than a person means: "20" is 20 days, "7" is any enum, "x" is a relative URL.
        if (type == typeof(TimeSpan))
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _);
        if (type.IsEnum)
            return Enum.GetNames(type).Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);
        if (type == typeof(Uri))
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && !url.IsFile;
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception refused) when (refused is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
