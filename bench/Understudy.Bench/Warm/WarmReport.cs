using System.Globalization;
using System.Text;
using Understudy.Bench.Measuring;
using Understudy.Bench.Warm.FirstView;
using Understudy.Bench.Warm.Warmer;

namespace Understudy.Bench.Warm;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class WarmReport
{
    private const string None = "–";

    public static string Markdown(WarmResults results, WarmOptions options)
    {
        var page = new StringBuilder();
        page.Append("# Warming\n\n");
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}. ");
        page.Append(CultureInfo.InvariantCulture, $"Load {results.LoadBefore:0.0} before, {results.LoadAfter:0.0} after (this run's own counts); {results.Disturbed} of {results.Waits} measurements began while something else kept the machine above 10 % busy.\n\n");
        Planner(page, results);
        Warmer(page, results, options);
        if (results.Gallery is { } gallery)
            FirstView(page, gallery);
        if (results.Failures.Count > 0)
            page.Append("## Not measured\n\n").AppendJoin("", results.Failures.Select(f => $"- {f.ReplaceLineEndings(" ")}\n"));
        return page.ToString();
    }

    private static void Planner(StringBuilder page, WarmResults results)
    {
        if (results.Planner.Count == 0)
            return;
        page.Append("## From info.json to URLs\n\n");
        page.Append("All URLs of a pyramid in tiles of 512, made and written to nowhere. *array*: the same strings written from memory. *OpenSeadragon*: its own getTileUrl in Node, made and not written. Thousands of URLs a second, medians.\n\n");
        page.Append("| pyramid | version | profile | URLs | planner | array | planner ÷ array | OpenSeadragon | planner ÷ OpenSeadragon | bytes allocated an URL |\n");
        page.Append("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var r in results.Planner)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {r.Width:N0} × {r.Height:N0} | {r.Version} | {r.Profile} | {r.Urls:N0} | {F(r.Plan.Median / 1000, 0)} | {F(r.Array.Median / 1000, 0)} | ");
            page.Append($"{F(r.Plan.Median / r.Array.Median, 2)} | {F(r.OpenSeadragon?.Median / 1000, 0)} | {F(r.Plan.Median / r.OpenSeadragon?.Median, 2)} | {F(r.BytesAnUrl, 0)} |\n");
        }

        page.Append('\n');
    }

    private static void Warmer(StringBuilder page, WarmResults results, WarmOptions options)
    {
        var cells = results.Warmer.Where(c => c.Ways.Any(w => w.Samples.Count > 0)).ToArray();
        if (cells.Length == 0)
            return;
        page.Append("## From URLs to requests\n\n");
        page.Append(CultureInfo.InvariantCulture, $"Bulk warmings of images of {InstantServer.Width:N0} × {InstantServer.Height:N0}, 20 tiles and info.json of each at each node, against a server in the benchmark's process that has each answer ready (JPEGs of {FlatJpeg.UsualBytes >> 10} KiB). ");
        page.Append($"Medians of {options.Rounds} rounds in turns, after two that do not count. The worker is a real process with its private, durable PostgreSQL, timed from its first request to the last answer. Server and clients share the cores; the bare loop is in the server's process, which CPU is both's. *× bare*: how many times as long as the bare loop.\n\n");
        page.Append("| at once a node | nodes | way | requests/s | min – max | × bare | assets/s | CPU s for 1,000 requests | PostgreSQL | server | permitted at last |\n");
        page.Append("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var cell in cells)
        {
            var bare = Rates(cell.Ways.First(w => w.Name == BareLoop.Title))?.Median;
            foreach (var way in cell.Ways.Where(w => w.Samples.Count > 0))
            {
                var (rates, isUnderstudy) = (Rates(way)!, way.Name == UnderstudyWay.Title);
                page.Append($"| {cell.Concurrency} | {cell.Nodes} | {way.Name} | {F(rates.Median, 0)} | {F(rates.Min, 0)} – {F(rates.Max, 0)} | {F(bare / rates.Median, 2)} | ");
                page.Append($"{F(isUnderstudy ? rates.Median * cell.Assets / cell.Requests : null, 0)} | {Cpu(s => s.CpuSeconds)} | {Cpu(s => s.CatalogueCpuSeconds)} | {Cpu(s => s.ServerCpuSeconds)} | {F(isUnderstudy ? cell.Permitted : null, 1)} |\n");

                string Cpu(Func<WarmerSample, double?> seconds) =>
                    F(Spread.Of(way.Samples.Where(s => seconds(s) is not null).Select(s => seconds(s)!.Value / s.Requests * 1_000))?.Median, 2);
            }
        }

        page.Append('\n');
    }

    private static Spread? Rates(WayRounds way) => Spread.Of(way.Samples.Select(s => s.Requests / s.Seconds));

    private static void FirstView(StringBuilder page, GalleryViews gallery)
    {
        var (cold, warmed) = (gallery.Cold.Order().ToArray(), gallery.Warmed.Order().ToArray());
        page.Append("## The first view of a gallery\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{cold.Length} JP2s of {Pictures.Width:N0} × {Pictures.Height:N0} ({gallery.PictureBytes / 1e6:0.0} MB), two nodes: a process of iipimage-server each, with an nginx cache of its own before it, as iipsrv's never hits; viewers reach them in turns. ");
        page.Append(CultureInfo.InvariantCulture, $"A view is info.json and {gallery.Tiles} tiles (window of 1280 × 800, profile B, 6 connections), {gallery.TileBytes / 1e3:0} kB each; one image after the other. ");
        page.Append(CultureInfo.InvariantCulture, $"Warming them at both nodes took the worker (two requests at once a node, its default) {gallery.WarmingSeconds:0.0} s and {gallery.WarmingRequests:N0} requests, all of them good.\n\n");
        page.Append("| servers | median s | 95th percentile s | slowest s | all s |\n| --- | ---: | ---: | ---: | ---: |\n");
        Row("cold", cold, 3);
        Row("warmed", warmed, 3);
        page.Append($"| cold ÷ warmed | {F(At(cold, 50) / At(warmed, 50), 1)} | {F(At(cold, 95) / At(warmed, 95), 1)} | {F(cold[^1] / warmed[^1], 1)} | {F(cold.Sum() / warmed.Sum(), 1)} |\n\n");

        void Row(string name, double[] sorted, int digits) =>
            page.Append($"| {name} | {F(At(sorted, 50), digits)} | {F(At(sorted, 95), digits)} | {F(sorted[^1], digits)} | {F(sorted.Sum(), 2)} |\n");
    }

    private static double At(double[] sorted, double percent) => Spread.Percentile(sorted, percent);

    private static string F(double? value, int digits) =>
        value is { } v && double.IsFinite(v) ? v.ToString($"F{digits}", CultureInfo.InvariantCulture) : None;
}
