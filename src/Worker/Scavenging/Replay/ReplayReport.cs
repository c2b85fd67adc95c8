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

    public static void Write(Survey survey, IReadOnlyList<StoreFigures> figures, ReplayArguments arguments, Terminal terminal)
    {
        if (arguments.Json)
            terminal.Output.WriteLine(JsonSerializer.Serialize(ForMachines(survey, figures, arguments), Json));
        else
            WriteTable(survey, figures, arguments, terminal);
    }

    private static void WriteTable(Survey survey, IReadOnlyList<StoreFigures> figures, ReplayArguments arguments, Terminal terminal)
    {
        var output = terminal.Output;
        output.WriteLine(FormattableString.Invariant(
            $"{survey.Uses:N0} uses of {survey.Assets:N0} assets ({new ByteSize(survey.Footprint)}) in {survey.Seconds / 86_400:0.#} days; {Percent((double)survey.UsedOnce / survey.Assets)} of the assets were used once"));
        output.WriteLine(FormattableString.Invariant(
            $"a miss costs {CopyCost.FirstByte} s + size ÷ {CopyCost.Bandwidth / 1e6:0} MB/s: {Hours(survey.SecondsPossible)} without a store; a store that is full is emptied to {arguments.Low * 100:0.#} %"));
        output.WriteLine();

        var table = new Table("STORE", "OF ALL", "POLICY", "USES MISSED", "BYTES MISSED", "COPIED", "WAITED", "OF POSSIBLE");
        foreach (var f in figures)
        {
            table.Add(
                new ByteSize(f.Capacity).ToString(), Percent((double)f.Capacity / survey.Footprint), f.Policy, Percent(f.ObjectMiss), Percent(f.ByteMiss),
                new ByteSize((long)f.CopiedBytes).ToString(), Hours(f.Stall), Percent(f.StallShare));
        }

        table.Write(output, terminal.Width);
        output.WriteLine();
        foreach (var (less, more) in Steps(figures))
            output.WriteLine($"from {new ByteSize(less.Capacity)} to {new ByteSize(more.Capacity)} ({less.Policy}): {Change(less.Stall, more.Stall, Hours)} waited, {Change(less.CopiedBytes, more.CopiedBytes, b => new ByteSize((long)b).ToString())} copied");
        if (figures.Any(f => f.Policy == Replaying.BoundName))
            output.WriteLine($"{Replaying.BoundName}: fewer is impossible, whatever the policy knows; each column's is its own");
    }

    /// <summary>What the next larger store does for the first policy.</summary>
    private static IEnumerable<(StoreFigures Less, StoreFigures More)> Steps(IReadOnlyList<StoreFigures> figures)
    {
        StoreFigures[] one = [.. figures.Where(f => f.Policy == figures[0].Policy).OrderBy(f => f.Capacity)];
        return one.Zip(one.Skip(1));
    }

    private static object ForMachines(Survey survey, IReadOnlyList<StoreFigures> figures, ReplayArguments arguments) => new
    {
        uses = survey.Uses,
        assets = survey.Assets,
        usedOnce = survey.UsedOnce,
        footprintBytes = survey.Footprint,
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

    private static string Hours(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:N1} h"),
    };
}
