using System.Globalization;
using System.Text.Json;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;
using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>The figures, as a table or for machines.</summary>
internal static class ReplayReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="unsized">Uses that were left out.</param>
    public static void Write(Survey survey, long unsized, IReadOnlyList<StoreFigures> figures, ReplayArguments arguments, Terminal terminal)
    {
        if (arguments.Json)
            terminal.Output.WriteLine(JsonSerializer.Serialize(ForMachines(survey, unsized, figures, arguments), Json));
        else
            WriteTable(survey, unsized, figures, arguments, terminal);
    }

    private static void WriteTable(Survey survey, long unsized, IReadOnlyList<StoreFigures> figures, ReplayArguments arguments, Terminal terminal)
    {
        var output = terminal.Output;
        output.WriteLine(FormattableString.Invariant(
            $"{survey.Uses:N0} uses of {survey.Assets:N0} assets ({new ByteSize(survey.Footprint)}) in {(survey.Seconds < 86_400 ? Hours(survey.Seconds) : FormattableString.Invariant($"{survey.Seconds / 86_400:0.#} days"))}; {Percent((double)survey.UsedOnce / survey.Assets)} of the assets were used once"));
        output.WriteLine(FormattableString.Invariant(
            $"a miss costs {CopyCost.FirstByte} s + size ÷ {CopyCost.Bandwidth / 1e6:0} MB/s: {Hours(survey.SecondsPossible)} without a store; a store that is full is emptied to {arguments.Low * 100:0.#} %"));
        if (unsized > 0)
            output.WriteLine(FormattableString.Invariant($"{unsized:N0} more uses are left out: of assets that never had a copy, so nobody knows how large it would be"));
        output.WriteLine();

        var table = new Table("STORE", "OF ALL", "POLICY", "USES MISSED", "BYTES MISSED", "COPIED", "WAITED", "OF POSSIBLE");
        foreach (var f in figures)
        {
            table.Add(
                $"{new ByteSize(f.Capacity)}{(f.Capacity == arguments.Present?.Bytes ? " (now)" : "")}", Percent((double)f.Capacity / survey.Footprint), f.Policy, Percent(f.ObjectMiss), Percent(f.ByteMiss),
                new ByteSize((long)f.CopiedBytes).ToString(), Hours(f.Stall), Percent(f.StallShare));
        }

        table.Write(output, terminal.Width);
        output.WriteLine();
        if (arguments.Present is { } present)
            WriteComparison(survey, figures, present.Bytes, output);
        foreach (var (less, more) in arguments.Present is null ? Steps(figures) : [])
            output.WriteLine($"from {new ByteSize(less.Capacity)} to {new ByteSize(more.Capacity)} ({less.Policy}): {Change(less.Stall, more.Stall, Hours)} waited, {Change(less.CopiedBytes, more.CopiedBytes, Bytes)} copied");
        if (figures.Any(f => f.Policy == Replaying.BoundName))
            output.WriteLine($"{Replaying.BoundName}: fewer is impossible, whatever the policy knows; each column's is its own");
    }

    /// <summary>What more room would buy and less would cost, under the first policy; also by the TB, where it is about so much.</summary>
    private static void WriteComparison(Survey survey, IReadOnlyList<StoreFigures> figures, long present, TextWriter output)
    {
        var now = figures.First(f => f.Capacity == present);
        foreach (var other in figures.Where(f => f.Policy == now.Policy && f.Capacity != present))
        {
            var (more, terabytes) = (other.Capacity > present, Math.Abs(other.Capacity - present) / 1e12);
            var (waited, missed, copied) = (now.Stall - other.Stall, (now.ObjectMiss - other.ObjectMiss) * survey.Uses, now.CopiedBytes - other.CopiedBytes);
            output.Write($"{new ByteSize(Math.Abs(other.Capacity - present))} {(more ? "more" : "less")} ({new ByteSize(other.Capacity)}, {now.Policy}): ");
            output.Write($"{Change(now.Stall, other.Stall, Hours)} waited, {Change(now.ObjectMiss * survey.Uses, other.ObjectMiss * survey.Uses, Number)} missed, {Change(now.CopiedBytes, other.CopiedBytes, Bytes)} copied");
            output.WriteLine(terabytes < 0.1 ? "" : $"; by the TB: {Hours(Math.Abs(waited) / terabytes)}, {Number(Math.Abs(missed) / terabytes)} misses, {Bytes(Math.Abs(copied) / terabytes)}");
        }
    }

    /// <summary>What the next larger store does for the first policy.</summary>
    private static IEnumerable<(StoreFigures Less, StoreFigures More)> Steps(IReadOnlyList<StoreFigures> figures)
    {
        StoreFigures[] one = [.. figures.Where(f => f.Policy == figures[0].Policy).OrderBy(f => f.Capacity)];
        return one.Zip(one.Skip(1));
    }

    private static object ForMachines(Survey survey, long unsized, IReadOnlyList<StoreFigures> figures, ReplayArguments arguments) => new
    {
        uses = survey.Uses,
        usesLeftOut = unsized,
        assets = survey.Assets,
        usedOnce = survey.UsedOnce,
        footprintBytes = survey.Footprint,
        presentBytes = arguments.Present?.Bytes,
        seconds = survey.Seconds,
        lowPercent = arguments.Low * 100,
        graceSeconds = arguments.Grace.TotalSeconds,
        waitedWithoutStoreSeconds = Math.Round(survey.SecondsPossible, 3),
        stores = figures.GroupBy(f => f.Capacity).Select(size => new
        {
            bytes = size.Key,
            policies = size.Select(f => new
            {
                policy = f.Policy,
                usesMissed = Math.Round(f.ObjectMiss, 6),
                bytesMissed = Math.Round(f.ByteMiss, 6),
                copiedBytes = Math.Round(f.CopiedBytes),
                waitedSeconds = Math.Round(f.Stall, 3),
                waitedShare = Math.Round(f.StallShare, 6),
            }),
        }),
    };

    private static string Change(double from, double to, Func<double, string> text) =>
        $"{text(Math.Abs(from - to))} {(to <= from ? "less" : "more")}{(from > 0 ? $" ({Percent(Math.Abs(from - to) / from)})" : "")}";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    private static string Bytes(double bytes) => new ByteSize((long)bytes).ToString();

    private static string Number(double number) => string.Create(CultureInfo.InvariantCulture, $"{number:N0}");

    private static string Hours(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:N1} h"),
    };
}
