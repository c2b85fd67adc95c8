using System.Globalization;
using System.Text;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Intake;

/// <summary>The results as a page: figures and ratios, no verdicts.</summary>
internal static class IntakeReport
{
    private const string None = "–";

    public static string Markdown(IntakeResults results, IntakeOptions options)
    {
        var page = new StringBuilder();
        page.Append("# From SQS into the catalogue\n\n");
        Conditions(page, results, options);
        foreach (var cell in results.Cells.Where(c => c.Ways.Any(w => w.Samples.Count > 0)))
            Table(page, cell);
        Latency(page, results);
        if (results.Failures.Count > 0)
            page.Append("## Not measured\n\n").AppendJoin("", results.Failures.Select(f => $"- {f.ReplaceLineEndings(" ")}\n"));
        return page.ToString();
    }

    private static void Conditions(StringBuilder page, IntakeResults results, IntakeOptions options)
    {
        var m = results.Machine;
        page.Append(CultureInfo.InvariantCulture, $"{m.Date:yyyy-MM-dd}, {m.Cores} cores ({m.Processor}), {m.MemoryGiB:0} GiB of memory, {m.System}, Linux {m.Kernel}, {m.Runtime}.\n");
        page.Append(CultureInfo.InvariantCulture, $"{options.Rounds} rounds in turns (A B C, A B C, …) after one that does not count; {results.Disturbed} of {results.Waits} runs began while something else kept the machine above 10 % busy.\n\n");
        string[] notes =
        [
            "SQS is an emulator on the same machine: one process without a disk, which shares the cores with everything else. What a worker does beside it is to be read as a ratio to *bare queue*: 8 polls side by side, batches of 10, each deleted as it came, with the worker's own SQS client in this process, and no worker.",
            "The workers run and are warm; they are held still (SIGSTOP) while the queue is filled, and the clock starts as they go on (up to 10 messages a worker may lie in the socket of its last poll by then). *committed*: until the catalogue had every event. *deleted*: until the queue was empty.",
            "The catalogue is the first worker's private PostgreSQL on disk, fsync and synchronous_commit on; two workers share it. Before each run the rows of the one before are deleted, and it is vacuumed and checkpointed.",
            "The assets that are hit are there: small files, copied beforehand. New assets make a plan each, and none of them begins: the only slot of each worker is taken by a copy that does not end, at 64 KiB/s.",
            "*unnest* is the worker's own statement (Intake.sql) in full arrays, events of one asset merged first, so hits are few rows. *COPY* writes a row for each message into a table with nothing but a key, 1,000 rows a commit.",
            "CPU is user and system time for 10,000 messages: of the workers, or of this process where it does their part; of PostgreSQL; of the emulator.",
        ];
        page.AppendJoin("", notes.Select(n => $"- {n}\n")).Append('\n');
    }

    private static void Table(StringBuilder page, IntakeCell cell)
    {
        var bare = Rate(cell, BareQueue.Title, s => s.DeletedSeconds);
        var unnest = Rate(cell, CatalogueRows.Title, s => s.CommittedSeconds);
        var copy = Rate(cell, PlainCopy.Title, s => s.CommittedSeconds);
        page.Append($"## {cell.Title}\n\n");
        page.Append("| way | committed, messages/s | min – max | deleted, messages/s | deleted ÷ bare queue | committed ÷ unnest | committed ÷ COPY | CPU s: worker | PostgreSQL | emulator |\n");
        page.Append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var way in cell.Ways.Where(w => w.Samples.Count > 0))
        {
            var committed = Rates(cell, way, s => s.CommittedSeconds);
            var deleted = Rates(cell, way, s => s.DeletedSeconds);
            var range = committed ?? deleted;
            page.Append($"| {way.Name} | {F(committed?.Median, 0)} | {F(range?.Min, 0)} – {F(range?.Max, 0)} | {F(deleted?.Median, 0)} | ");
            page.Append($"{F(deleted?.Median / bare, 2)} | {F(committed?.Median / unnest, 2)} | {F(committed?.Median / copy, 2)} | ");
            page.Append($"{Cpu(s => s.CpuSeconds)} | {Cpu(s => s.CatalogueCpuSeconds)} | {Cpu(s => s.EmulatorCpuSeconds)} |\n");

            string Cpu(Func<IntakeSample, double?> value) => F(Spread.Of(way.Samples.Select(value).OfType<double>())?.Median / cell.Messages * 10_000, 2);
        }

        page.Append('\n');
    }

    private static void Latency(StringBuilder page, IntakeResults results)
    {
        if (results.Latency.Count == 0)
            return;
        page.Append("## `PUT ?wait` of an asset that is there, one call after the other, on the worker that takes the messages in\n\n");
        page.Append("| meanwhile | calls | median ms | 99th percentile ms | min – max ms |\n| --- | ---: | ---: | ---: | ---: |\n");
        foreach (var c in results.Latency)
            page.Append($"| {c.What} | {c.Count} | {F(c.Median, 2)} | {F(c.P99, 2)} | {F(c.Min, 2)} – {F(c.Max, 2)} |\n");
        page.Append('\n');
    }

    private static double? Rate(IntakeCell cell, string name, Func<IntakeSample, double?> seconds) =>
        cell.Ways.FirstOrDefault(w => w.Name == name) is { } way ? Rates(cell, way, seconds)?.Median : null;

    private static Spread? Rates(IntakeCell cell, WayRounds way, Func<IntakeSample, double?> seconds) =>
        Spread.Of(way.Samples.Select(seconds).OfType<double>().Select(s => cell.Messages / s));

    private static string F(double? value, int digits) =>
        value is { } v && double.IsFinite(v) ? v.ToString($"F{digits}", CultureInfo.InvariantCulture) : None;
}
