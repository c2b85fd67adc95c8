using System.Globalization;
using System.Text;

namespace Understudy.Bench.Dashboard;

/// <summary>The results as a page.</summary>
internal static class DashboardReport
{
    public static string Markdown(DashboardResults results)
    {
        var page = new StringBuilder("# The dashboard\n\n");
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}. ");
        page.Append(CultureInfo.InvariantCulture, $"Load {results.LoadBefore:0.0} before, {results.LoadAfter:0.0} after. {results.Assets:N0} assets in the catalogue, a tenth of them given up. One request after the other, on loopback.\n\n");
        Table(page, "Pages", results.Pages);
        Table(page, "Calls of the API that pages are made of", results.Calls);
        if (results.Failures.Count > 0)
            page.Append("## Not measured\n\n").AppendJoin("", results.Failures.Select(f => $"- {f.ReplaceLineEndings(" ")}\n"));
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, List<DashboardSample> samples)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n| first byte after | fastest ms | median ms | 99th percentile ms | max ms | KiB |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var s in samples)
            page.Append(CultureInfo.InvariantCulture, $"| {s.What} | {s.Min:0.0} | {s.Median:0.0} | {s.P99:0.0} | {s.Max:0.0} | {s.Bytes / 1024.0:0} |\n");
        page.Append('\n');
    }
}
