using System.Globalization;
using System.Text;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Reconcile;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class ReconcileReport
{
    public static string Markdown(ReconcileResults results, ReconcileOptions options)
    {
        var page = new StringBuilder();
        page.Append("# Reconciling\n\n");
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}. ");
        page.Append(CultureInfo.InvariantCulture, $"Load {results.LoadBefore:0.0} before, {results.LoadAfter:0.0} after (this run's own counts); {results.Disturbed} of {results.Waits} measurements began while something else kept the machine above 10 % busy.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Whole JP2s of 400 bytes {(options.Below is null ? "on tmpfs" : "on a disk")}, a folder each. Medians of {options.Rounds} rounds in turns. The worker works for 70 % of the time. *Peak*: resident memory, and what of it was there before.\n\n");
        page.Append("| | files | s | min – max | files/s | × find | CPU ms a file | PostgreSQL CPU ms | peak MB | before |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var pass in results.Passes.GroupBy(p => (p.Pass, p.Files)))
        {
            var wall = Spread.Of(pass.Select(p => p.Seconds))!;
            var find = Spread.Of(results.Passes.Where(p => p.Pass == ReconcileBenchmark.Find && p.Files == pass.Key.Files).Select(p => p.Seconds))!.Median;
            page.Append(CultureInfo.InvariantCulture, $"| {pass.Key.Pass} | {pass.Key.Files:N0} | {wall.Median:0.0} | {wall.Min:0.0} – {wall.Max:0.0} | {pass.Key.Files / wall.Median:N0} | {wall.Median / find:0.0} | ");
            page.Append(CultureInfo.InvariantCulture, $"{Median(pass, p => p.CpuSeconds) * 1000 / pass.Key.Files:0.000} | {Median(pass, p => p.CatalogueCpuSeconds) * 1000 / pass.Key.Files:0.000} | {Median(pass, p => p.PeakBytes) / 1e6:0} | {Median(pass, p => p.IdleBytes) / 1e6:0} |\n");
        }

        if (results.Killed is { } killed)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nKilled after {killed.SecondsBefore:0.0} s, when half was adopted; the next process was done after another {killed.SecondsAfter:0.0} s.\n\n");
            page.Append(CultureInfo.InvariantCulture, $"- before: {killed.Progress}\n- then: {killed.Note}\n");
        }

        if (results.Statements.Count > 0)
            page.Append("\n## PostgreSQL's time in the first pass, by statement\n\n| s | calls | rows | statement |\n| ---: | ---: | ---: | --- |\n");
        foreach (var s in results.Statements)
            page.Append(CultureInfo.InvariantCulture, $"| {s.Seconds:0.00} | {s.Calls:N0} | {s.Rows:N0} | `{s.Statement.Replace('|', '¦').Replace('`', '\'')}` |\n");
        if (results.Failures.Count > 0)
            page.Append("\n## Not measured\n\n").AppendJoin("", results.Failures.Select(f => $"- {f.ReplaceLineEndings(" ")}\n"));
        return page.ToString();
    }

    private static double? Median(IEnumerable<PassSample> samples, Func<PassSample, double?> value) => Spread.Of(samples.Select(value).OfType<double>())?.Median;
}
