using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Understudy.Hosting;

/// <summary>
/// A number of bytes as people write it: <c>5 GiB</c>, <c>1.5TiB</c>, <c>500 MB</c>, <c>1024</c>. Never negative.
/// MB is a million bytes and MiB is 1024 × 1024, as disks and their makers count.
/// </summary>
[TypeConverter(typeof(ByteSizeConverter))]
internal readonly record struct ByteSize(long Bytes) : IParsable<ByteSize>, IComparable<ByteSize>, IComparable
{
    public const string Allowed = "a size such as 5 GiB, 500 MB or 1024 (bytes)";

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    private static readonly string[] Decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <exception cref="FormatException">The text is no size; the message says what is allowed.</exception>
    public static ByteSize Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var size) ? size : throw new FormatException($"'{s}' must be {Allowed}");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ByteSize result)
    {
        result = default;
        var text = s.AsSpan().Trim();
        var digits = text.IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? text : text[..digits];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || Factor(digits < 0 ? "B" : text[digits..].Trim()) is not { } factor
            || value > decimal.MaxValue / factor
            || value * factor > long.MaxValue)
            return false;

        result = new ByteSize((long)(value * factor));
        return true;
    }

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    public int CompareTo(object? obj) => obj is ByteSize other ? CompareTo(other) : 1;

    /// <summary>Binary units, rounded to two places: <c>1.5 TiB</c>.</summary>
    public override string ToString()
    {
        var value = (decimal)Bytes;
        var unit = 0;
        while (Math.Round(value, 2) >= 1024 && unit < Binary.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {Binary[unit]}");
    }

    private static decimal? Factor(ReadOnlySpan<char> unit) => Power(Binary, 1024, unit) ?? Power(Decimal, 1000, unit);

    private static decimal? Power(string[] units, decimal step, ReadOnlySpan<char> unit)
    {
        var factor = 1m;
        foreach (var name in units)
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase))
                return factor;
            factor *= step;
        }

        return null;
    }
}
