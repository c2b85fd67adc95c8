using System.CommandLine;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Scavenging.Replay;

/// <summary><c>understudy replay FILE</c></summary>
internal static class ReplayVerb
{
    private const string Description =
        "Runs recorded uses through stores of several sizes and says what viewers would have waited and what would have been copied: what would 2 TB more buy? "
        + "FILE has a line for each use, in the order of time: time,id,size (seconds or 2026-11-23T07:00:00Z, anything, bytes), with a heading or without. "
        + "It is read twice; memory is for ids and 4 bytes a use. Policies: worth is what the worker does; gdsf, s3-fifo, lru and fifo are what others do; belady knows the future and has what is used last go first; "
        + "bound is what no policy can beat. Every store begins empty, so a short trace makes all of them look bad. Exit codes: 0 done, 2 wrong usage or a line that is no use, 130 interrupted.";

    public static Command Create(Func<ReplayArguments, Terminal, CancellationToken, int> replay, Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "the uses: time,id,size" };
        var sizes = new Option<ByteSize[]>("--sizes")
        {
            HelpName = "A,B", Description = "store sizes, such as 1TB,2TB,4TB; else 1, 2, 5, 10, 20 and 50 % of all files together",
            CustomParser = result => [.. result.Tokens.SelectMany(t => t.Value.Split(',')).Select(Size).Where(s => s is not null).Select(s => s!.Value)],
            DefaultValueFactory = _ => [],
        };
        var policies = new Option<string[]>("--policies")
        {
            HelpName = "A,B", Description = $"some of {string.Join(", ", KnownPolicies.Names)}; what more room buys is told for the first",
            CustomParser = result => [.. result.Tokens.SelectMany(t => t.Value.Split(',')).Distinct()],
            DefaultValueFactory = _ => [.. KnownPolicies.Names],
        };
        var low = new Option<double>("--low") { HelpName = "PERCENT", Description = "a full store is emptied down to so much of its size; 100: no more goes than must", DefaultValueFactory = _ => 80 };
        var grace = new Option<TimeSpan>("--grace") { HelpName = "TIME", Description = "a copy stays so long after a use, such as 20m or 1h (worth, lru and fifo)", CustomParser = Duration.Parse, DefaultValueFactory = _ => TimeSpan.FromMinutes(20) };
        var json = new Option<bool>("--json") { Description = "JSON for machines" };
        var plot = new Option<string?>("--plot") { HelpName = "FILE.svg", Description = "also draw it" };
        var verb = new Verb("replay", Description,
            "understudy replay uses.csv",
            "understudy replay uses.csv --sizes 2TB,4TB,6TB --policies worth,lru --plot store.svg",
            "understudy replay uses.csv --low 94 --json")
        {
            file, sizes, policies, low, grace, json, plot,
        };
        verb.Validators.Add(result =>
        {
            foreach (var text in result.GetResult(sizes)?.Tokens.SelectMany(t => t.Value.Split(',')).Where(t => Size(t) is null) ?? [])
                result.AddError($"--sizes: '{text}' must be {ByteSize.Allowed}, and not 0");
            foreach (var name in result.GetResult(policies)?.Tokens.SelectMany(t => t.Value.Split(',')).Where(n => !KnownPolicies.Names.Contains(n)) ?? [])
                result.AddError($"--policies: '{name}' is none of {string.Join(", ", KnownPolicies.Names)}");
            if (result.GetResult(low)?.Errors.Any() == false && result.GetValue(low) is not (> 0 and <= 100))
                result.AddError("--low is a percentage above 0 and up to 100");
        });
        verb.SetAction((parsed, cancel) => Task.Run(() => replay(
            new(parsed.GetRequiredValue(file), parsed.GetRequiredValue(sizes), parsed.GetRequiredValue(policies), parsed.GetValue(low) / 100, parsed.GetValue(grace),
                parsed.GetValue(json), parsed.GetValue(plot)),
            terminal, cancel), CancellationToken.None));
        return verb;
    }

    private static ByteSize? Size(string text) => ByteSize.TryParse(text, null, out var size) && size.Bytes > 0 ? size : null;
}
