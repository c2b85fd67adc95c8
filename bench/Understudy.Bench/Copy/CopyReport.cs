using System.Globalization;
using System.Text;
using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Copy;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class CopyReport
{
    private const string None = "–";

    public static string Markdown(CopyResults results, CopyOptions options)
    {
        var page = new StringBuilder();
        page.Append("# Copying from S3 into a folder\n\n");
        Conditions(page, results, options);
        Starts(page, results);
        foreach (var cell in results.Cells.Where(c => c.Contenders.Any(r => r.Samples.Count > 0)))
            CellTable(page, cell);
        LatencyTable(page, results.Latency);
        List(page, "Not measured", results.Failures);
        return page.ToString();
    }

    private static void Conditions(StringBuilder page, CopyResults results, CopyOptions options)
    {
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}.\n");
        page.Append(CultureInfo.InvariantCulture, $"{options.Rounds} rounds in turns (A B C, A B C, …) after one that does not count; {results.Disturbed} of {results.Waits} runs began while something else kept the machine above 10 % busy.\n\n");
        List<string> notes =
        [
            $"S3 is nginx on the same machine, over plain HTTP, a worker process a core, from {results.Buckets}; its CPU time is not in the figures. *limited* is {NginxConfiguration.LimitedMebibytes} MiB/s a connection, kept by a pause after each MiB, so that files below 1 MiB come as unlimited.",
            "`cp` reads the same files straight from their folder: the limit, and no peer. curl sends unsigned requests; rclone, aws and s5cmd sign theirs. Starting is part of their time.",
            "understudy is a resident service and was running, with its private PostgreSQL on disk; one started per speed and destination. Its run is one `POST /api/v1/events` with an event for every file. It ends with the answer to `PUT …?wait` for a single file, else when `GET /api/v1/store` counts every copy; that is asked rarely at first, and each 5 ms towards the end.",
            "understudy also does what none of the others does: checks the structure of each file, computes its CRC-32C, flushes, renames into place, and records all of it in the catalogue. After each run everyone's files were compared byte for byte with the source, and removed (understudy's behind its back; each of its runs uses new ids).",
            "CPU is user and system time, of a tool with all its children, or of the worker's process; the private PostgreSQL's is given separately. Peak memory is the largest process's resident set; for understudy, with what of it came during the run. GB and MB are powers of ten.",
            .. results.Notes,
        ];
        foreach (var note in notes)
            page.Append($"- {note}\n");
        page.Append('\n');
    }

    private static void Starts(StringBuilder page, CopyResults results)
    {
        page.Append("| tool | version | start and say its version, s (median of 5) |\n| --- | --- | ---: |\n");
        foreach (var tool in results.Tools)
            page.Append($"| {tool.Name} | {tool.Version} | {F(tool.StartSeconds.Median, 3)} |\n");
        if (Spread.Of(results.WorkerReadySeconds) is { } ready)
            page.Append($"| {UnderstudyContender.ToolName} | {results.Worker} | {F(ready.Median, 3)} (until ready, with a new PostgreSQL; not in its figures) |\n");
        page.Append('\n');
    }

    private static void CellTable(StringBuilder page, Cell cell)
    {
        var ran = cell.Contenders.Where(r => r.Samples.Count > 0).OrderBy(r => r.MedianWall).ToArray();
        var limit = ran.FirstOrDefault(r => r.IsLimit)?.MedianWall;
        var best = ran.FirstOrDefault(r => r.IsPeer)?.MedianWall;
        var gigabytes = cell.Set.Bytes / 1e9;
        var disk = ran.Any(r => r.Samples.Any(s => s.SyncSeconds is not null));

        page.Append($"## {cell.Set.Title}, {cell.Speed}, to {cell.Destination}\n\n");
        page.Append($"| tool | wall s | min – max | {(disk ? "wall + sync s | " : "")}MB/s | CPU s/GB | PostgreSQL CPU s/GB | peak MB | × cp | × best peer |\n");
        page.Append($"| --- | ---: | ---: | {(disk ? "---: | " : "")}---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var r in ran)
        {
            var wall = Spread.Of(r.Samples.Select(s => s.WallSeconds))!;
            page.Append($"| {(r.IsPeer || r.IsLimit ? r.Name : $"**{r.Name}**")} | {F(wall.Median, 3)} | {F(wall.Min, 3)} – {F(wall.Max, 3)} | ");
            if (disk)
                page.Append($"{F(Median(r, s => s.WallSeconds + s.SyncSeconds), 3)} | ");
            page.Append($"{F(cell.Set.Bytes / 1e6 / wall.Median, 0)} | {F(Median(r, s => s.CpuSeconds) / gigabytes, 2)} | ");
            page.Append($"{F(Median(r, s => s.CatalogueCpuSeconds) / gigabytes, 2)} | {Memory(r)} | ");
            page.Append($"{F(wall.Median / limit, 2)} | {F(r.IsLimit ? null : wall.Median / best, 2)} |\n");
        }

        page.Append('\n');
    }

    private static void LatencyTable(StringBuilder page, List<Calls> latency)
    {
        if (latency.Count == 0)
            return;
        page.Append("## One asset, one call after the other on a kept connection\n\n");
        page.Append("| what | calls | median ms | 99th percentile ms | min – max ms | not there within 10 s |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var c in latency)
            page.Append($"| {c.What} | {c.Count} | {F(c.Median, 2)} | {F(c.P99, 2)} | {F(c.Min, 2)} – {F(c.Max, 2)} | {c.Late} |\n");
        page.Append('\n');
    }

    private static void List(StringBuilder page, string title, List<string> items)
    {
        if (items.Count == 0)
            return;
        page.Append($"## {title}\n\n");
        foreach (var item in items)
            page.Append($"- {item.ReplaceLineEndings(" ")}\n");
        page.Append('\n');
    }

    private static string Memory(Rounds rounds)
    {
        var peak = F(Median(rounds, s => s.PeakBytes) / 1e6, 0);
        return Median(rounds, s => s.PeakBytes - s.IdleBytes) is { } growth ? $"{peak} (+{F(growth / 1e6, 0)})" : peak;
    }

    private static double? Median(Rounds rounds, Func<Sample, double?> value) =>
        Spread.Of(rounds.Samples.Select(value).OfType<double>())?.Median;

    private static string F(double? value, int digits) =>
        value is { } v && double.IsFinite(v) ? v.ToString($"F{digits}", CultureInfo.InvariantCulture) : None;
}
