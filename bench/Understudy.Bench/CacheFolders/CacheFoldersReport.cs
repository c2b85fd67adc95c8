using System.Globalization;
using System.Text;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.CacheFolders;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class CacheFoldersReport
{
    public static string Markdown(CacheFoldersResults results, CacheFoldersOptions options)
    {
        var page = new StringBuilder();
        var m = results.Machine;
        page.Append("# Cache folders\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}. ");
        page.Append(CultureInfo.InvariantCulture, $"Load {results.LoadBefore:0.0} before, {results.LoadAfter:0.0} after (this run's own counts); {results.Disturbed} of {results.Waits} measurements began while something else kept the machine above 10 % busy.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{results.Files:N0} files of 1,000 bytes {(options.Below is null ? "on tmpfs" : "on a disk")}, laid out as Cantaloupe does, of which the {results.Removed:N0} least recently used go. Medians of {options.Rounds} rounds in turns after one that doesn't count. ");
        page.Append("*Peak*: of the largest process.\n\n");
        page.Append("| way | | wall s | min – max | CPU s | peak MB | × pipeline |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
        var pipeline = Wall(results.Ways.First(w => w.Name == CacheFoldersBenchmark.Pipeline))?.Median;
        foreach (var way in results.Ways)
        {
            if (Wall(way) is not { } wall)
                continue;
            var cpu = Spread.Of(way.Samples.Select(s => s.CpuSeconds))!.Median;
            var peak = Spread.Of(way.Samples.Where(s => s.PeakBytes is not null).Select(s => s.PeakBytes!.Value / 1e6))?.Median;
            page.Append(CultureInfo.InvariantCulture, $"| {way.Name} | {way.Remark} | {wall.Median:0.00} | {wall.Min:0.00} – {wall.Max:0.00} | {cpu:0.00} | {peak:0} | {wall.Median / pipeline:0.00} |\n");
        }

        return page.Append('\n').ToString();
    }

    private static Spread? Wall(CacheFoldersWay way) => Spread.Of(way.Samples.Select(s => s.WallSeconds));
}
