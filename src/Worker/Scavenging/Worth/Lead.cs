using Understudy.Contracts;

namespace Understudy.Scavenging.Worth;

/// <summary>How long before their first use copies were ready, counted in half-octaves of seconds (<c>lead_step</c> in the catalogue). Pure.</summary>
internal static class Lead
{
    /// <summary>Less than a second.</summary>
    public const int Least = -1;

    /// <summary>The middle of a step: at most 19 % from whatever was counted there.</summary>
    public static double Seconds(int step) => step <= Least ? 0.5 : Math.Pow(2, (step + 0.5) / 2);

    /// <returns>null: nothing was counted.</returns>
    public static LeadView? Of(IReadOnlyCollection<(int Step, long Copies)> counted) =>
        counted.Count == 0 ? null : new LeadView(Seconds(Quantile(counted, 0.5)), Seconds(Quantile(counted, 0.9)), Seconds(Quantile(counted, 0.99)));

    /// <summary>The step up to which so large a share lies.</summary>
    private static int Quantile(IReadOnlyCollection<(int Step, long Copies)> counted, double share)
    {
        var missing = (long)Math.Ceiling(counted.Sum(c => c.Copies) * share);
        foreach (var (step, copies) in counted.OrderBy(c => c.Step))
        {
            if ((missing -= copies) <= 0)
                return step;
        }

        return counted.Max(c => c.Step);
    }
}
