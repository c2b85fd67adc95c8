using System.Globalization;
using System.Text;

namespace Understudy.Hosting.Metrics;

/// <summary>Prometheus's text format 0.0.4. <c># UNIT</c> is OpenMetrics'; older readers take it as a remark.</summary>
internal static class PrometheusPage
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string DroppedName = "understudy_metrics_dropped_total";

    public static string Print(IEnumerable<Family> families)
    {
        var page = new StringBuilder(16 * 1024);
        var all = families.OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        all.ForEach(family => Append(page, family));
        Head(page, DroppedName, "Measurements that had one label set too many for their metric.", "counter", null);
        Line(page, DroppedName, "", all.Sum(f => f.Dropped));
        return page.ToString();
    }

    private static void Append(StringBuilder page, Family family)
    {
        var series = family.Read();
        if (series.Count == 0)
            return;
        Head(page, family.Name, family.Help, family.Kind switch { MetricKind.Counter => "counter", MetricKind.Histogram => "histogram", _ => "gauge" }, family.Unit);
        foreach (var one in series)
        {
            if (one is HistogramSeries histogram)
                Append(page, family, histogram);
            else
                Line(page, family.Name, one.Labels, one is SumSeries sum ? sum.Value : ((LastSeries)one).Value);
        }
    }

    private static void Append(StringBuilder page, Family family, HistogramSeries histogram)
    {
        var (counts, sum) = histogram.Read();
        var labels = histogram.Labels.Length == 0 ? "" : histogram.Labels + ",";
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            Line(page, family.Name + "_bucket", $"{labels}le=\"{(i < family.Bounds.Count ? Number(family.Bounds[i]) : "+Inf")}\"", total);
        }

        Line(page, family.Name + "_sum", histogram.Labels, sum);
        Line(page, family.Name + "_count", histogram.Labels, total);
    }

    private static void Head(StringBuilder page, string name, string? help, string type, string? unit)
    {
        if (!string.IsNullOrEmpty(help))
            page.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        page.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (unit is not null)
            page.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
    }

    private static void Line(StringBuilder page, string name, string labels, double value)
    {
        page.Append(name);
        if (labels.Length > 0)
            page.Append('{').Append(labels).Append('}');
        page.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
