using System.Text.Json;
using System.Xml.Linq;
using Understudy.Hosting.CommandLine;
using Understudy.Scavenging.Replay;

namespace Understudy.Worker.Tests.Scavenging;

public sealed class ReplayVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("understudy-replay").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("time,id,size\n", "1.5", "2.5", "3.5", "4.5")]
    [InlineData("", "0", "1", "2", "3")]
    [InlineData("", "2026-11-23T07:00:00Z", "2026-11-23T07:00:01Z", "2026-11-23T07:00:02.5Z", "2026-11-23T08:00:03+01:00")]
    public async Task Uses_are_read_with_a_heading_or_without_and_with_seconds_or_times(string heading, params string[] times)
    {
        var (code, output, _) = await RunAsync($"{heading}{times[0]},2/5/a,with comma,1000\n{times[1]},2/5/b,2000\n\n{times[2]},2/5/a,with comma,1000\n{times[3]},2/5/c, 3000\n", "--sizes", "4kB", "--json");

        Assert.Equal(ExitCode.Done, code);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal((4, 3, 6_000, 3), (report.GetProperty("uses").GetInt32(), report.GetProperty("assets").GetInt32(), report.GetProperty("footprintBytes").GetInt32(), report.GetProperty("seconds").GetDouble()));
        var lru = Policy(report, 4_000, "lru");
        Assert.Equal((0.75, 6_000), (lru.GetProperty("usesMissed").GetDouble(), lru.GetProperty("copiedBytes").GetInt32()));
        Assert.Equal(3 * 0.15, lru.GetProperty("waitedSeconds").GetDouble(), 3);
    }

    [Fact]
    public async Task Table_has_every_policy_at_every_size_and_says_what_the_next_size_buys()
    {
        var (code, output, error) = await RunAsync(Some(), "--sizes", "100MB,200MB,400MB");

        Assert.Equal((ExitCode.Done, ""), (code, error));
        var rows = output.Split('\n').SkipWhile(l => !l.StartsWith("STORE", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.Length > 0).ToList();
        Assert.Equal(3 * KnownPolicies.Names.Count, rows.Count);
        Assert.Equal(KnownPolicies.Names, rows.Take(KnownPolicies.Names.Count).Select(r => r.Split("  ", StringSplitOptions.RemoveEmptyEntries)[2].Trim()));
        Assert.Contains("from 95.37 MiB to 190.73 MiB (worth): ", output, StringComparison.Ordinal);
        Assert.Contains("from 190.73 MiB to 381.47 MiB (worth): ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_sizes_they_are_shares_of_all_files_together()
    {
        var (_, output, _) = await RunAsync(Some(), "--json", "--policies", "lru,bound");
        var stores = JsonDocument.Parse(output).RootElement.GetProperty("stores").EnumerateArray().ToList();
        Assert.Equal(6, stores.Count);
        Assert.All(stores, s => Assert.Equal(["lru", "bound"], s.GetProperty("policies").EnumerateArray().Select(p => p.GetProperty("policy").GetString())));
        var waited = stores.Select(s => s.GetProperty("policies")[0].GetProperty("waitedShare").GetDouble()).ToList();
        Assert.True(waited[^1] < waited[0]);
    }

    [Fact]
    public async Task Emptying_a_store_no_further_than_it_must_be_misses_less()
    {
        async Task<double> Waited(string low) =>
            Policy(JsonDocument.Parse((await RunAsync(Some(), "--json", "--sizes", "200MB", "--low", low)).Output).RootElement, 200_000_000, "lru").GetProperty("waitedShare").GetDouble();

        Assert.True(await Waited("100") < await Waited("50"));
    }

    [Fact]
    public async Task Plot_is_a_picture_with_a_curve_for_each_policy()
    {
        var plot = Path.Combine(_folder, "plot.svg");
        Assert.Equal(ExitCode.Done, (await RunAsync(Some(), "--plot", plot)).Code);

        var svg = XDocument.Load(plot).Root!;
        var lines = svg.Descendants().Where(e => e.Name.LocalName == "polyline").Select(l => l.Attribute("points")!.Value.Split(' ').Length);
        Assert.Equal(Enumerable.Repeat(6, KnownPolicies.Names.Count), lines);
        Assert.All(KnownPolicies.Names, name => Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == name));
    }

    [Fact]
    public async Task Sizes_around_what_the_store_is_now_are_compared_with_it()
    {
        var (code, output, error) = await RunAsync(Some(), "--now", "200MB", "--sizes", "+100MB,-150MB,1TB");

        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Equal(
            ["47.68 MiB", "190.73 MiB (now)", "286.1 MiB", "931.32 GiB"],
            output.Split('\n').SkipWhile(l => !l.StartsWith("STORE", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.Length > 0).Select(r => r.Split("  ")[0]).Distinct());
        Assert.Matches(@"\n143\.05 MiB less \(47\.68 MiB, worth\): [0-9.]+ (s|min|h) more \([0-9.]+ %\) waited, [0-9,]+ more \([0-9.]+ %\) missed, [0-9.]+ .iB more \([0-9.]+ %\) copied\n", output);
        Assert.Matches(@"\n95\.37 MiB more \(286\.1 MiB, worth\): [0-9.]+ (s|min|h) less ", output);
        // About a TB more: so what one TB buys is the same.
        Assert.Matches(@"\n931\.14 GiB more \(931\.32 GiB, worth\): (.+ s|.+ min|.+ h) less \(.+\) waited, .+; by the TB: \1, ", output);
    }

    [Fact]
    public async Task Around_what_the_store_is_now_is_from_half_to_twice_of_it()
    {
        var (_, output, _) = await RunAsync(Some(), "--now", "200MB", "--json", "--policies", "lru");
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(200_000_000, report.GetProperty("presentBytes").GetInt64());
        Assert.Equal([100_000_000, 150_000_000, 200_000_000, 250_000_000, 300_000_000, 400_000_000], report.GetProperty("stores").EnumerateArray().Select(s => s.GetProperty("bytes").GetInt32()));
    }

    [Fact]
    public async Task Uses_of_what_never_had_a_copy_are_left_out_and_counted()
    {
        const string Trace = "time,id,size\n1,a,1000\n2,never,\n3,a,1000\n4,never,\n";
        var report = JsonDocument.Parse((await RunAsync(Trace, "--json")).Output).RootElement;
        Assert.Equal((2, 1, 2), (report.GetProperty("uses").GetInt32(), report.GetProperty("assets").GetInt32(), report.GetProperty("usesLeftOut").GetInt32()));
        Assert.Contains("\n2 more uses are left out", (await RunAsync(Trace)).Output, StringComparison.Ordinal);
        Assert.Contains("no use in it but 1 of assets", (await RunAsync("1,never,\n")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plot_marks_what_the_store_is_now()
    {
        var plot = Path.Combine(_folder, "plot.svg");
        await RunAsync(Some(), "--now", "200MB", "--plot", plot);
        Assert.Single(XDocument.Load(plot).Root!.Descendants(), e => e.Name.LocalName == "text" && e.Value == "now");
    }

    [Theory]
    [InlineData("1,a,5\n2;b\n", "line 2: '2;b' does not begin with a time")]
    [InlineData("1,a,5\n2,b\n", "line 2: '2,b' is not time,id,size")]
    [InlineData("1,a,5\n2,b,many\n", "line 2: 'many' is no number of bytes")]
    [InlineData("1,a,5\n2,b,-7\n", "line 2: '-7' is no number of bytes")]
    [InlineData("time,id,size\n", "there is no use in it")]
    [InlineData("", "there is no use in it")]
    public async Task File_that_is_no_trace_is_refused_with_the_line_and_the_reason(string text, string reason)
    {
        var (code, output, error) = await RunAsync(text);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sizes: '0' must be a size", "--sizes", "1TB,0")]
    [InlineData("--policies: 'mru' is none of worth, ", "--policies", "mru")]
    [InlineData("--low is a percentage", "--low", "101")]
    [InlineData("--now: '0' must be a size", "--now", "0")]
    [InlineData("--sizes with + or - need to know what the store is now", "--sizes", "+1TB")]
    [InlineData("give a FILE or --worker", "--worker")]
    public async Task Wrong_options_are_named(string reason, params string[] options)
    {
        var (code, _, error) = await RunAsync(Some(), options);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_not_there_is_said_to_be()
    {
        var (code, _, error) = await RunAsync(null);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("uses.csv", error, StringComparison.Ordinal);
    }

    private static string Some() => string.Concat(
        new GeneratedDemand { Seed = 3, Books = 20, Singles = 100, Uses = 5_000, Once = 0 }.Read().Select(u => FormattableString.Invariant($"{u.At},a{u.Asset},{Math.Min(u.Bytes, 40_000_000)}\n")));

    private static JsonElement Policy(JsonElement report, long bytes, string policy) => report.GetProperty("stores").EnumerateArray()
        .Single(s => s.GetProperty("bytes").GetInt64() == bytes).GetProperty("policies").EnumerateArray().Single(p => p.GetProperty("policy").GetString() == policy);

    private async Task<(int Code, string Output, string Error)> RunAsync(string? trace, params string[] options)
    {
        var file = Path.Combine(_folder, "uses.csv");
        if (trace is not null)
            await File.WriteAllTextAsync(file, trace);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, () => Stream.Null, null, _ => null);
        var code = await UnderstudyCommand.RunAsync(["replay", file, .. options], terminal, TimeProvider.System, new LocalActions(
            _ => Task.FromResult(0), (_, _, _) => 0, null,
            Replay: (arguments, t, cancel) => ReplayRun.Run(arguments, t, showProgress: false, TimeProvider.System, cancel)));
        return (code, output.ToString(), error.ToString());
    }
}
