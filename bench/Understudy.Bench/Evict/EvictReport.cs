using System.Globalization;
using System.Text;
using Understudy.Scavenging.Policies;
using Understudy.Scavenging.Replay;

namespace Understudy.Bench.Evict;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class EvictReport
{
    public static string Markdown(EvictResults results, EvictOptions options)
    {
        var page = new StringBuilder("# Which copies go first\n\n");
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Runtime}, {results.Seconds:0} s on {m.Cores} cores ({m.Processor}); seed {options.Seed}. The figures don't depend on the machine.\n\n");
        foreach (var d in results.Demands)
            page.Append(CultureInfo.InvariantCulture, $"- {d.Name}: {d.Uses:N0} uses of {d.Assets:N0} assets, {d.Footprint / 1e12:0.00} TB, {d.UsedOnce * 100:0} % of the assets used once\n");
        if (results.Demands.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n**Share of the time that viewers could wait**, at a miss {CopyCost.FirstByte} s + size ÷ {CopyCost.Bandwidth / 1e6:0} MB/s; stores emptied to {EvictBenchmark.Low * 100:0} %:\n\n");
            Table(page, results, d => d.Figures, f => F(f.StallShare));
            Ratios(page, results);
            page.Append("\n**Misses: uses / bytes**\n\n");
            Table(page, results, d => d.Figures, f => $"{F(f.ObjectMiss)}/{F(f.ByteMiss)}");
            page.Append("\n**Copied, TB**\n\n");
            Table(page, results, d => d.Figures, f => (f.CopiedBytes / 1e12).ToString("0.00", CultureInfo.InvariantCulture));
            page.Append("\n**Low marks, and a grace period after each use**, share of the time that viewers could wait; 94.4 % is 85 of 90, and at 100 % no more goes than must:\n\n");
            Table(page, results, d => d.Marked, f => F(f.StallShare));
        }

        HalfLives(page, results);
        foreach (var failure in results.Failures)
            page.Append(CultureInfo.InvariantCulture, $"\nNot measured: {failure}\n");
        return page.ToString();
    }

    private static void Table(StringBuilder page, EvictResults results, Func<DemandResults, IReadOnlyList<StoreFigures>> figures, Func<StoreFigures, string> cell)
    {
        Heading(page, results);
        foreach (var policy in figures(results.Demands[0]).Select(f => f.Policy).Distinct())
        {
            var cells = results.Demands.SelectMany(d => d.Sizes.Select(size => cell(figures(d).Single(f => f.Policy == policy && f.Capacity == size))));
            page.Append(CultureInfo.InvariantCulture, $"| {(policy.StartsWith("worth", StringComparison.Ordinal) ? $"**{policy}**" : policy)} | {string.Join(" | ", cells)} |\n");
        }
    }

    private static void Heading(StringBuilder page, EvictResults results)
    {
        var columns = results.Demands.SelectMany(d => EvictBenchmark.Shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{d.Name}, {s * 100:0} %"))).ToArray();
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---:|"))}\n");
    }

    private static void Ratios(StringBuilder page, EvictResults results)
    {
        foreach (var other in new[] { "lru", "belady", Replaying.BoundName })
        {
            var cells = results.Demands.SelectMany(d => d.Sizes.Select(size =>
                F(d.Figures.Single(f => f.Policy == "worth" && f.Capacity == size).StallShare / d.Figures.Single(f => f.Policy == other && f.Capacity == size).StallShare)));
            page.Append(CultureInfo.InvariantCulture, $"| worth ÷ {other} | {string.Join(" | ", cells)} |\n");
        }
    }

    private static void HalfLives(StringBuilder page, EvictResults results)
    {
        if (results.HalfLives.Count == 0)
            return;
        page.Append("\n**Half-lives**, in days, at stores of ");
        page.AppendJoin(" / ", EvictBenchmark.Shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s * 100:0} %")));
        page.Append(", by how many ranks change in a day; share of the time that viewers could wait. *gdsf*: by seconds, with remembered uses of this half-life:\n\n");
        var policies = results.HalfLives.Select(r => r.Policy).Distinct().ToArray();
        page.Append(CultureInfo.InvariantCulture, $"| | a day | {string.Join(" | ", policies)} |\n|---|---:|{string.Concat(policies.Select(_ => "---:|"))}\n");
        foreach (var row in results.HalfLives.GroupBy(r => (r.Demand, r.Churn)))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {row.Key.Demand} | {row.Key.Churn * 100:0.#} % | ");
            page.AppendJoin(" | ", row.Select(r => string.Join(" / ", r.Stall.Select(F)))).Append(" |\n");
        }

        // How much more viewers wait than with the half-life that is the best for the setting: the worst of all settings.
        page.Append("| worst ÷ best of its setting | | ");
        page.AppendJoin(" | ", policies.Select(p => F(results.HalfLives.GroupBy(r => (r.Demand, r.Churn)).Max(g =>
            g.Single(r => r.Policy == p).Stall.Index().Max(s => s.Item / g.Min(r => r.Stall[s.Index])))))).Append(" |\n");
    }

    private static string F(double value) => value.ToString(value >= 1 ? "0.00" : ".000", CultureInfo.InvariantCulture);
}
