using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy worth</c>, <c>uses</c></summary>
internal static class WorthVerbs
{
    private const int MostShown = 30;

    public static IEnumerable<Command> Create(ClientVerb client) => [Worth(client), Uses(client)];

    private static Verb Worth(ClientVerb client)
    {
        var days = new Option<int>("--days") { HelpName = "N", Description = "of the last so many days, today included", DefaultValueFactory = _ => 30 };
        var byDay = new Option<bool>("--by-day") { Description = "day by day, in place of customers" };
        var verb = new Verb("worth", "Shows whether the store is worth it: hits, copies that nobody used, copies that came back within a day, how early copies were.",
            "understudy worth", "understudy worth --days 7 --by-day")
        {
            days, byDay,
        };
        return client.Wire(verb, async (call, cancel) =>
        {
            var view = await call.Worker.WorthAsync(call.Parsed.GetValue(days), cancel: cancel);
            if (call.Json)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(view, Wire.Json));
            else
                Write(view, call.Parsed.GetValue(byDay), call.Terminal);
            return ExitCode.Done;
        });
    }

    private static Verb Uses(ClientVerb client)
    {
        var file = new Argument<string>("FILE") { Description = "where they go; it is written over" };
        var since = new Option<DateTimeOffset?>("--since") { HelpName = "TIME", Description = "from then on, as 2026-11-01" };
        var verb = new Verb("uses", "Writes the recorded uses into a file, time,id,size a line: for 'replay', or for others.", "understudy uses uses.csv --since 2026-11-01") { file, since };
        return client.Wire(verb, async (call, cancel) =>
        {
            try
            {
                await using var lines = File.Create(call.Parsed.GetRequiredValue(file));
                await call.Worker.CopyUsesAsync(lines, call.Parsed.GetValue(since), cancel);
                return ExitCode.Done;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await call.Terminal.Error.WriteLineAsync(e.Message);
                return ExitCode.Failed;
            }
        });
    }

    private static void Write(WorthView view, bool byDay, Terminal terminal)
    {
        var (all, output) = (view.All, terminal.Output);
        output.WriteLine($"since {view.Since:yyyy-MM-dd}: {Number(all.Uses)} uses, {Share(all.Hits, all.Uses)} of copies that were there");
        output.WriteLine($"copies made: {Sum(all.Made)}; {Sum(all.CopiedAgain)} of them less than a day after they were evicted");
        output.WriteLine($"ready before their first use: {Number(all.Early)} copies{(all.Lead is { } l ? $", half of them {Time(l.P50Seconds)} before at the most, 90 % {Time(l.P90Seconds)}, 99 % {Time(l.P99Seconds)}" : "")}; late: {Sum(all.Late)}");
        output.WriteLine($"copies gone: {Sum(all.Gone)}; {Sum(all.GoneUnused)} of them never used");
        output.WriteLine($"in the store and not used so far: {Sum(view.NeverUsed!)}");
        output.WriteLine();

        var table = new Table(byDay ? "DAY" : "CUSTOMER", "USES", "HITS", "MADE", "AGAIN IN A DAY", "EARLY", "LATE", "LEAD P50", "GONE", "GONE UNUSED", byDay ? "" : "NOT USED YET");
        if (byDay)
        {
            foreach (var day in view.Days)
                Add(table, $"{day.Day:yyyy-MM-dd}", day.Figures, null);
        }
        else
        {
            foreach (var customer in view.Customers.Take(MostShown))
                Add(table, customer.Name is { } name ? $"{customer.Customer} {name}" : $"{customer.Customer}", customer.Figures, customer.NeverUsed);
        }

        table.Write(output, terminal.Width);
        if (!byDay && view.Customers.Count > MostShown)
            output.WriteLine($"and {view.Customers.Count - MostShown} more customers; --json has them all");
    }

    private static void Add(Table table, string name, WorthFigures f, CopySum? neverUsed) => table.Add(
        name, Number(f.Uses), Share(f.Hits, f.Uses), Number(f.Made.Copies), Number(f.CopiedAgain.Copies), Number(f.Early), Number(f.Late.Copies), f.Lead is { } lead ? Time(lead.P50Seconds) : "",
        Number(f.Gone.Copies), Number(f.GoneUnused.Copies), neverUsed is null ? "" : Number(neverUsed.Copies));

    private static string Sum(CopySum sum) => $"{Number(sum.Copies)} ({new ByteSize(sum.Bytes)})";

    private static string Number(long number) => string.Create(CultureInfo.InvariantCulture, $"{number:N0}");

    private static string Share(long part, long all) => all == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:0.0} %");

    private static string Time(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0.#} days"),
    };
}
