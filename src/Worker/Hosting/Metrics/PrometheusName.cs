using System.Text;

namespace Understudy.Hosting.Metrics;

/// <summary>OpenTelemetry's rules for names in Prometheus: base units spelt out at the end, <c>_total</c> for counters.</summary>
internal static class PrometheusName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["min"] = "minutes", ["h"] = "hours", ["d"] = "days",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["KBy"] = "kilobytes", ["MBy"] = "megabytes",
        ["%"] = "percent", ["Hz"] = "hertz", ["Cel"] = "celsius",
    };

    public static string Of(string name, string? unit, MetricKind kind)
    {
        var full = Clean(name);
        if (Unit(unit, kind) is { } word && !full.EndsWith("_" + word, StringComparison.Ordinal) && !full.EndsWith($"_{word}_total", StringComparison.Ordinal))
            full = kind == MetricKind.Counter && full.EndsWith("_total", StringComparison.Ordinal) ? $"{full[..^6]}_{word}" : $"{full}_{word}";
        return kind != MetricKind.Counter || full.EndsWith("_total", StringComparison.Ordinal) ? full : full + "_total";
    }

    /// <summary>The unit as it stands in the name; null where there is none.</summary>
    public static string? Unit(string? unit, MetricKind kind)
    {
        // {request} is a remark, not a unit.
        if (string.IsNullOrEmpty(unit) || unit[0] == '{')
            return null;
        if (unit == "1")
            return kind == MetricKind.Gauge ? "ratio" : null;
        var per = unit.Split('/', 2);
        var over = Units.GetValueOrDefault(per[0], Clean(per[0]));
        return per.Length == 1 ? over : $"{over}_per_{Units.GetValueOrDefault(per[1], Clean(per[1])).TrimEnd('s')}";
    }

    /// <summary>Letters, digits and single underscores, no digit first.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var good = char.IsAsciiLetterOrDigit(c) ? c : '_';
            if (clean.Length == 0 && char.IsAsciiDigit(good))
                clean.Append('_');
            if (good != '_' || clean.Length == 0 || clean[^1] != '_')
                clean.Append(good);
        }

        return clean.ToString();
    }
}
