namespace Understudy.Bench.Measuring;

internal sealed record Spread(double Min, double Median, double Max)
{
    /// <summary>null where there are no values.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : new Spread(sorted[0], Percentile(sorted, 50), sorted[^1]);
    }

    /// <summary>Between neighbours where the rank is no whole number, as a median of two is.</summary>
    public static double Percentile(double[] sorted, double percent)
    {
        var rank = percent / 100 * (sorted.Length - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (rank - below));
    }
}
