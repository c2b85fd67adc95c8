using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Comparing;

/// <summary>The figures, as a table or for machines.</summary>
internal static class CompareReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Addresses stay readable; nothing here goes into HTML.
    };

    public static void Write(Comparison comparison, bool json, Terminal terminal)
    {
        if (json)
            terminal.Output.WriteLine(JsonSerializer.Serialize(ForMachines(comparison), Json));
        else
            WriteTable(comparison, terminal);
    }

    private static void WriteTable(Comparison comparison, Terminal terminal)
    {
        var output = terminal.Output;
        foreach (var (index, server) in comparison.Servers.Index())
            output.WriteLine($"{Letter(index)}  {server.Base}");
        output.WriteLine($"{comparison.Compared} of {comparison.Given} assets, as viewers of profile {comparison.Profile} ask{(comparison.Interrupted ? "; interrupted" : "")}");
        output.WriteLine();

        var table = new Table("SERVER", "PASS", "REQUESTS", "GOOD", "P50", "P95", "P99", "MAX", "P50 FIRST BYTE", "REQ/S", "MB/S", "BYTES", "P50 TO A", "ERRORS");
        foreach (var pass in Enum.GetValues<Pass>())
        {
            foreach (var (index, server) in comparison.Servers.Index())
            {
                var tally = comparison.Of(server, pass);
                table.Add(
                    Letter(index), Word(pass), Number(tally.Samples.Count), Number(tally.Good),
                    Time(tally.Latency(0.5)), Time(tally.Latency(0.95)), Time(tally.Latency(0.99)), Time(tally.Latency(1)), Time(tally.FirstByte(0.5)),
                    tally.RequestsPerSecond.ToString("0.0", CultureInfo.InvariantCulture), (tally.BytesPerSecond / 1e6).ToString("0.00", CultureInfo.InvariantCulture),
                    new ByteSize(tally.Bytes).ToString(), Ratio(tally, comparison.Of(comparison.Servers[0], pass)) is { } ratio ? $"{ratio:0.00}×" : "",
                    string.Join(", ", tally.Errors.Select(e => $"{e.Count} {e.Kind}")));
            }
        }

        table.Write(output, terminal.Width);
        foreach (var (asset, reason) in comparison.LeftOut)
            terminal.Error.WriteLine(Table.OneLine($"left out: {asset}: {reason}"));
        foreach (var error in Errors(comparison))
            terminal.Error.WriteLine(Table.OneLine($"for example: {error.Url}: {error.Reason}"));
    }

    private static object ForMachines(Comparison comparison) => new
    {
        profile = comparison.Profile.ToString(),
        assets = comparison.Given,
        compared = comparison.Compared,
        interrupted = comparison.Interrupted,
        leftOut = comparison.LeftOut.Select(l => new { asset = l.Asset, reason = l.Reason }),
        servers = comparison.Servers.Select(server => new
        {
            @base = server.Base,
            passes = Enum.GetValues<Pass>().Select(pass => Figures(pass, comparison.Of(server, pass), comparison.Of(comparison.Servers[0], pass))),
        }),
    };

    private static object Figures(Pass pass, Tally tally, Tally first) => new
    {
        pass = Word(pass),
        requests = tally.Samples.Count,
        good = tally.Good,
        errors = tally.Errors.ToDictionary(e => e.Kind, e => e.Count),
        examples = tally.Errors.Select(e => new { kind = e.Kind, url = e.Example.Url, reason = e.Example.Bad!.Reason }),
        latencyMs = new
        {
            p50 = Milliseconds(tally.Latency(0.5)),
            p95 = Milliseconds(tally.Latency(0.95)),
            p99 = Milliseconds(tally.Latency(0.99)),
            max = Milliseconds(tally.Latency(1)),
        },
        firstByteMs = new { p50 = Milliseconds(tally.FirstByte(0.5)) },
        seconds = Math.Round(tally.Took.TotalSeconds, 3),
        requestsPerSecond = Math.Round(tally.RequestsPerSecond, 2),
        bytesPerSecond = Math.Round(tally.BytesPerSecond),
        bytes = tally.Bytes,
        p50ToFirst = Ratio(tally, first),
        requestsPerSecondToFirst = first.RequestsPerSecond > 0 ? Math.Round(tally.RequestsPerSecond / first.RequestsPerSecond, 3) : (double?)null,
    };

    // One a server and kind: what is wrong cold is mostly wrong warm as well.
    private static IEnumerable<(string Url, string Reason)> Errors(Comparison comparison) =>
        (from server in comparison.Servers
         from pass in Enum.GetValues<Pass>()
         from error in comparison.Of(server, pass).Errors
         select (server, error.Kind, error.Example))
        .DistinctBy(e => (e.server, e.Kind)).Select(e => (e.Example.Url, e.Example.Bad!.Reason));

    private static double? Ratio(Tally tally, Tally first) =>
        tally.Latency(0.5) is { } own && first.Latency(0.5) is { } other && other > TimeSpan.Zero ? Math.Round(own / other, 3) : null;

    private static string Letter(int index) => index < 26 ? ((char)('A' + index)).ToString() : Number(index + 1);

    private static string Word(Pass pass) => pass == Pass.Cold ? "cold" : "warm";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double? Milliseconds(TimeSpan? time) => time is { } t ? Math.Round(t.TotalMilliseconds, 2) : null;

    private static string Time(TimeSpan? time) => time switch
    {
        null => "",
        { TotalMilliseconds: < 10 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0.0} ms"),
        { TotalSeconds: < 10 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0} ms"),
        { } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalSeconds:0.0} s"),
    };
}
