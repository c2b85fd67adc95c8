using System.Diagnostics.Metrics;

namespace Understudy.Hosting.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>What an instrument is on the page.</summary>
internal static class Instruments
{
    private static readonly double[] Seconds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300];
    private static readonly double[] Bytes = [.. Enumerable.Range(0, 12).Select(i => 1024 * Math.Pow(4, i))];
    private static readonly double[] Plain = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

    public static MetricKind Kind(Instrument instrument) => Definition(instrument) switch
    {
        { } d when d == typeof(Counter<>) || d == typeof(ObservableCounter<>) => MetricKind.Counter,
        { } d when d == typeof(Histogram<>) => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    public static bool Adds(Instrument instrument) => Definition(instrument) is { } d && (d == typeof(Counter<>) || d == typeof(UpDownCounter<>));

    /// <summary>What the instrument advises; otherwise what fits its unit.</summary>
    public static double[] Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } b } => [.. b],
        Histogram<float> { Advice.HistogramBucketBoundaries: { } b } => [.. b.Select(v => (double)v)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } b } => [.. b.Select(v => (double)v)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } b } => [.. b.Select(v => (double)v)],
        { Unit: "s" } => Seconds,
        { Unit: "ms" } => [.. Seconds.Select(s => s * 1000)],
        { Unit: "By" } => Bytes,
        _ => Plain,
    };

    private static Type? Definition(Instrument instrument) => instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : null;
}
