using System.Globalization;
using System.Text;

namespace Understudy.Bench.Purge;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class PurgeReport
{
    private const string None = "–";

    // A node is told twice; its sizes are looked at between; then info.json and a picture, each as it is shown and past the caches.
    private const int LeastPosts = 2;
    private const int LeastInfos = 3;
    private const int LeastPictures = 2;

    public static string Markdown(PurgeResults results, PurgeBenchmarkOptions options)
    {
        var page = new StringBuilder();
        page.Append("# Purging\n\n");
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}. ");
        page.Append(CultureInfo.InvariantCulture, $"Load {results.LoadBefore:0.0} before, {results.LoadAfter:0.0} after (this run's own counts); {results.Disturbed} of {results.Waits} measurements began while something else kept the machine above 10 % busy.\n\n");
        Refreshes(page, results);
        Bulk(page, results, options);
        Statements(page, results);
        if (results.Failures.Count > 0)
            page.Append("## Not measured\n\n").AppendJoin("", results.Failures.Select(f => $"- {f.ReplaceLineEndings(" ")}\n"));
        return page.ToString();
    }

    private static void Refreshes(StringBuilder page, PurgeResults results)
    {
        if (results.Refreshes.Count == 0)
            return;
        page.Append("## One asset gets another source\n\n");
        page.Append(CultureInfo.InvariantCulture, $"From the event (HTTP) to a purge that is seen to be done at {PurgeBenchmarkOptions.Nodes} nodes, less the settle time of {PurgeBenchmarkOptions.SingleSettle.TotalMilliseconds:0} ms: the copy is made anew of 1 or 1.5 MiB. One after the other.\n\n");
        page.Append("| meanwhile | refreshes | median ms | 99th percentile ms | min – max ms |\n| --- | ---: | ---: | ---: | ---: |\n");
        foreach (var r in results.Refreshes)
            page.Append(CultureInfo.InvariantCulture, $"| {r.What} | {r.Count} | {r.Median:0} | {r.P99:0} | {r.Min:0} – {r.Max:0} |\n");
        page.Append('\n');
    }

    private static void Bulk(StringBuilder page, PurgeResults results, PurgeBenchmarkOptions options)
    {
        if (results.Bulk is not [var first, ..])
            return;
        page.Append(CultureInfo.InvariantCulture, $"## {options.Assets:N0} assets at {PurgeBenchmarkOptions.Nodes} nodes\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Settle time {PurgeBenchmarkOptions.BulkSettle.TotalSeconds:0} s. *least*: what the protocol can't do without, in requests. The others post each task once and look at nothing, {PostWays.AtOnce} at once.\n\n");
        page.Append("| way | assets | assets/s | × understudy | CPU ms an asset | PostgreSQL CPU ms | nodes CPU ms |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var s in results.Bulk)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {s.Way} | {s.Assets:N0} | {s.Assets / s.Seconds:0} | {s.Assets / s.Seconds / (first.Assets / first.Seconds):0.00} | ");
            page.Append(CultureInfo.InvariantCulture, $"{EachMs(s.CpuSeconds, s)} | {EachMs(s.CatalogueCpuSeconds, s)} | {EachMs(s.NodesCpuSeconds, s)} |\n");
        }

        page.Append("\n| requests an asset | POST /tasks | GET /tasks | info.json | pictures | all |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        var n = PurgeBenchmarkOptions.Nodes;
        page.Append(CultureInfo.InvariantCulture, $"| least | {n * LeastPosts} | 0 | {n * LeastInfos} | {n * LeastPictures} | {n * (LeastPosts + LeastInfos + LeastPictures)} |\n");
        foreach (var s in results.Bulk.Where(s => s.Requests is not null))
        {
            var (r, a) = (s.Requests!, (double)s.Assets);
            page.Append(CultureInfo.InvariantCulture, $"| {s.Way} | {r.Posts / a:0.00} | {r.TaskLooks / a:0.00} | {r.Infos / a:0.00} | {r.Pictures / a:0.00} | {r.All / a:0.00} |\n");
        }

        var requests = first.Requests!.All;
        page.Append(CultureInfo.InvariantCulture, $"\nunderstudy: {requests / first.Seconds:N0} requests/s, {requests / (double)first.Assets / (n * (LeastPosts + LeastInfos + LeastPictures)):0.00} × the least.\n\n");
    }

    private static void Statements(StringBuilder page, PurgeResults results)
    {
        if (results.Statements.Count == 0)
            return;
        page.Append("## PostgreSQL's time, by statement\n\n| s | calls | rows | statement |\n| ---: | ---: | ---: | --- |\n");
        foreach (var s in results.Statements)
            page.Append(CultureInfo.InvariantCulture, $"| {s.Seconds:0.00} | {s.Calls:N0} | {s.Rows:N0} | `{s.Statement.Replace('|', '¦').Replace('`', '\'')}` |\n");
        page.Append('\n');
    }

    private static string EachMs(double? seconds, BulkSample sample) => seconds is null ? None : (seconds.Value * 1000 / sample.Assets).ToString("0.00", CultureInfo.InvariantCulture);
}
