using System.Globalization;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Dashboard.Parts;

/// <summary>Values in words.</summary>
internal static class Show
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; Math.Abs(bytes) >= 1024 && unit < Units.Length - 1; unit++)
            bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{Rounded(bytes, unit > 0)} {Units[unit]}");
    }

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With as many decimals as tell something.</summary>
    public static string Number(double number) => Math.Abs(number) >= 1000 ? Number((long)number) : Rounded(number, true);

    /// <param name="second">How many in a second.</param>
    public static string Rate(double second) => second switch
    {
        0 => "0",
        < 1 => $"{Rounded(second * 60, true)}/min",
        _ => $"{Number(second)}/s",
    };

    public static string Percent(double fraction) => (fraction * 100).ToString(fraction is > 0.0005 and < 0.0995 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1 } => "0 s",
        { TotalSeconds: < 1 } => $"{time.TotalMilliseconds:0} ms",
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalMinutes: < 2 } => $"{time.TotalSeconds:0} s",
        { TotalHours: < 2 } => $"{time.TotalMinutes:0} min",
        { TotalDays: < 2 } => $"{time.TotalHours:0} h",
        { TotalDays: < 730 } => $"{time.TotalDays:0} days",
        _ => $"{time.TotalDays / 365.25:0} years",
    };

    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>As the API writes it.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string? Kind(AssetState state) => state switch
    {
        AssetState.Present => "good",
        AssetState.Running => "busy",
        AssetState.Pending => "warn",
        AssetState.Dead => "bad",
        _ => null,
    };

    private static string Rounded(double number, bool hasDecimals) => number.ToString(
        !hasDecimals || number == Math.Floor(number) ? "0" : Math.Abs(number) switch { < 10 => "0.##", < 100 => "0.#", _ => "0" }, CultureInfo.InvariantCulture);
}
