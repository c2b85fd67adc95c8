using System.Globalization;
using System.Text;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Scavenge;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class ScavengeReport
{
    public static string Markdown(ScavengeResults results, ScavengeOptions options)
    {
        var page = new StringBuilder();
        page.Append("# Scavenging\n\n");
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}. ");
        page.Append(CultureInfo.InvariantCulture, $"Load {results.LoadBefore:0.0} before, {results.LoadAfter:0.0} after (this run's own counts); {results.Disturbed} of {results.Waits} measurements began while something else kept the machine above 10 % busy.\n\n");
        Tree(page, results, options);
        Choices(page, results, options);
        Statements(page, results);
        if (results.Failures.Count > 0)
            page.Append("## Not measured\n\n").AppendJoin("", results.Failures.Select(f => $"- {f.ReplaceLineEndings(" ")}\n"));
        return page.ToString();
    }

    private static void Tree(StringBuilder page, ScavengeResults results, ScavengeOptions options)
    {
        if (results.Ways.All(w => w.Samples.Count == 0))
            return;
        page.Append(CultureInfo.InvariantCulture, $"## {results.Removed:N0} of {options.Files:N0} files\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Of {StoreTree.Bytes} bytes, {(options.Below is null ? "on tmpfs" : "on a disk")}, a folder each; those go that weren't read for the longest time. Medians of {options.Rounds} rounds in turns after one that doesn't count. ");
        page.Append("*Gone*: no reader finds one any more. *Deleted*: and their bytes are free.\n\n");
        page.Append("| way | | gone s | min – max | deleted s | files/s | MB/s at 7 MB | CPU s | PostgreSQL CPU s | × pipeline |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        var pipeline = Median(results.Ways.First(w => w.Name == ScavengeBenchmark.Pipeline), s => s.Seconds);
        foreach (var way in results.Ways.Where(w => w.Samples.Count > 0))
        {
            var wall = Spread.Of(way.Samples.Select(s => s.Seconds))!;
            var deleted = Median(way, s => s.DeletedSeconds ?? s.Seconds)!.Value;
            var isRemoval = way.Name != "find";
            page.Append(CultureInfo.InvariantCulture, $"| {way.Name} | {way.Remark} | {wall.Median:0.00} | {wall.Min:0.00} – {wall.Max:0.00} | {deleted:0.00} | ");
            page.Append(CultureInfo.InvariantCulture, $"{(isRemoval ? (results.Removed / deleted).ToString("N0", CultureInfo.InvariantCulture) : "–")} | {(isRemoval ? (results.Removed * 7 / deleted).ToString("N0", CultureInfo.InvariantCulture) : "–")} | ");
            page.Append(CultureInfo.InvariantCulture, $"{Median(way, s => s.CpuSeconds):0.00} | {Median(way, s => s.CatalogueCpuSeconds):0.00} | {deleted / pipeline:0.00} |\n");
        }

        if (results.StatementCalls > 0)
            page.Append(CultureInfo.InvariantCulture, $"\nunderstudy: {results.StatementCalls:N0} statements, {results.StatementCalls / (double)results.Removed:0.000} for each evicted file (with all that the worker asks besides).\n");
        page.Append('\n');
    }

    private static void Choices(StringBuilder page, ScavengeResults results, ScavengeOptions options)
    {
        if (results.Choices.Count == 0)
            return;
        var going = options.Copies * options.Percent / 100;
        page.Append(CultureInfo.InvariantCulture, $"## {going:N0} of {options.Copies:N0} copies, in the catalogue alone\n\n| step | s | min – max | copies/s | statements | a copy | PostgreSQL s in them |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var step in results.Choices.GroupBy(c => c.Step))
        {
            var (wall, calls) = (Spread.Of(step.Select(s => s.Seconds))!, Spread.Of(step.Select(s => (double)s.Statements))!.Median);
            page.Append(CultureInfo.InvariantCulture, $"| {step.Key} | {wall.Median:0.0} | {wall.Min:0.0} – {wall.Max:0.0} | {going / wall.Median:N0} | {calls:N0} | {calls / going:0.000} | {Spread.Of(step.Select(s => s.StatementSeconds))!.Median:0.0} |\n");
        }

        page.Append('\n');
    }

    private static void Statements(StringBuilder page, ScavengeResults results)
    {
        if (results.Statements.Count == 0)
            return;
        page.Append("## PostgreSQL's time, by statement\n\n| s | calls | rows | statement |\n| ---: | ---: | ---: | --- |\n");
        foreach (var s in results.Statements)
            page.Append(CultureInfo.InvariantCulture, $"| {s.Seconds:0.00} | {s.Calls:N0} | {s.Rows:N0} | `{s.Statement.Replace('|', '¦').Replace('`', '\'')}` |\n");
        page.Append('\n');
    }

    private static double? Median(ScavengeWay way, Func<ScavengeSample, double?> value) => Spread.Of(way.Samples.Select(value).OfType<double>())?.Median;
}
