using System.CommandLine;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Scavenging.Replay;

/// <summary><c>understudy replay [FILE | --worker]</c></summary>
internal static class ReplayVerb
{
    private const double DefaultLow = 80;

    private static readonly TimeSpan DefaultGrace = TimeSpan.FromMinutes(20);

    private const string Description =
        "Runs recorded uses through stores of several sizes and says what viewers would have waited and what would have been copied: what would 2 TB more buy? "
        + "FILE has a line for each use, in the order of time: time,id,size (seconds or 2026-11-23T07:00:00Z, anything, bytes), with a heading or without. With --worker it is what a running worker recorded. "
        + "It is read twice; memory is for ids and 4 bytes a use. Policies: worth is what the worker does; gdsf, s3-fifo, lru and fifo are what others do; belady knows the future and has what is used last go first; "
        + "bound is what no policy can beat. Every store begins empty, so a short trace makes all of them look bad. Exit codes: 0 done, 1 nothing is recorded, 2 wrong usage or a line that is no use, 3 no worker answers, 130 interrupted.";

    public static Command Create(Func<ReplayArguments, Terminal, CancellationToken, int> replay, ClientVerb client)
    {
        var file = new Argument<string?>("FILE") { Description = "the uses: time,id,size", Arity = ArgumentArity.ZeroOrOne };
        var worker = new Option<bool>("--worker") { Description = "the uses that the worker recorded, set against the store as it is, with its low mark and its grace period" };
        var since = new Option<DateTimeOffset?>("--since") { HelpName = "TIME", Description = "with --worker: uses from then on, as 2026-11-01" };
        var sizes = new Option<StoreSize[]>("--sizes")
        {
            HelpName = "A,B", Description = "store sizes, such as 1TB,4TB or +2TB,-1TB from what it is now; else from half to twice of that, or 1, 2, 5, 10, 20 and 50 % of all files together",
            CustomParser = result => [.. Words(result.Tokens.Select(t => t.Value)).Select(w => StoreSize.TryParse(w, out var size) ? size : default).Where(s => s != default)],
            DefaultValueFactory = _ => [],
        };
        var now = new Option<ByteSize?>("--now") { HelpName = "SIZE", Description = "what the store is now: the size that others are compared with; --worker knows", CustomParser = r => ByteSize.TryParse(r.Tokens[^1].Value, null, out var size) ? size : null };
        var policies = new Option<string[]>("--policies")
        {
            HelpName = "A,B", Description = $"some of {string.Join(", ", KnownPolicies.Names)}; what more room buys is told for the first",
            CustomParser = result => [.. Words(result.Tokens.Select(t => t.Value)).Distinct()],
            DefaultValueFactory = _ => [.. KnownPolicies.Names],
        };
        var low = new Option<double?>("--low") { HelpName = "PERCENT", Description = $"a full store is emptied down to so much of its size; 100: no more goes than must; else {DefaultLow:0}, or as the worker does" };
        var grace = new Option<TimeSpan?>("--grace") { HelpName = "TIME", Description = $"a copy stays so long after a use, such as 20m or 1h (worth, lru and fifo); else {DefaultGrace.TotalMinutes:0}m, or as the worker does", CustomParser = result => Duration.Parse(result) };
        var plot = new Option<string?>("--plot") { HelpName = "FILE.svg", Description = "also draw it" };
        var verb = new Verb("replay", Description,
            "understudy replay --worker --sizes +2TB,+4TB --plot store.svg",
            "understudy replay uses.csv --sizes 2TB,4TB,6TB --policies worth,lru",
            "understudy replay uses.csv --low 94 --json")
        {
            file, worker, since, sizes, now, policies, low, grace, plot,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(worker) == (result.GetResult(file) is { Tokens.Count: > 0 }))
                result.AddError("give a FILE or --worker");
            string[] wanted = [.. Words(result.GetResult(sizes)?.Tokens.Select(t => t.Value) ?? [])];
            foreach (var text in wanted.Where(w => !StoreSize.TryParse(w, out _)))
                result.AddError($"--sizes: '{text}' must be {StoreSize.Allowed}");
            if (!result.GetValue(worker) && result.GetResult(now) is null && wanted.Any(w => w is ['+' or '-', ..]))
                result.AddError("--sizes with + or - need to know what the store is now: --worker or --now");
            foreach (var text in result.GetResult(now)?.Tokens.Select(t => t.Value).Where(t => !ByteSize.TryParse(t, null, out var size) || size.Bytes == 0) ?? [])
                result.AddError($"--now: '{text}' must be {ByteSize.Allowed}, and not 0");
            foreach (var name in Words(result.GetResult(policies)?.Tokens.Select(t => t.Value) ?? []).Where(n => !KnownPolicies.Names.Contains(n)))
                result.AddError($"--policies: '{name}' is none of {string.Join(", ", KnownPolicies.Names)}");
            if (result.GetResult(low)?.Errors.Any() == false && result.GetValue(low) is { } percent and not (> 0 and <= 100))
                result.AddError("--low is a percentage above 0 and up to 100");
        });
        return client.Wire(verb, async (call, cancel) =>
        {
            var parsed = call.Parsed;
            var arguments = new ReplayArguments(
                parsed.GetValue(file) ?? "", parsed.GetRequiredValue(sizes), parsed.GetValue(now), parsed.GetRequiredValue(policies), (parsed.GetValue(low) ?? DefaultLow) / 100, parsed.GetValue(grace) ?? DefaultGrace,
                call.Json, parsed.GetValue(plot));
            if (!parsed.GetValue(worker))
                return await Task.Run(() => replay(arguments, call.Terminal, cancel), CancellationToken.None);

            using var recorded = await RecordedTrace.FetchAsync(call.Worker, parsed.GetValue(since), cancel);
            if (recorded.IsEmpty)
            {
                await call.Terminal.Error.WriteLineAsync("the worker has recorded no use in this time; it does so where Scavenging:RecordUses is on");
                return ExitCode.Failed;
            }

            var store = await call.Worker.StoreAsync(cancel);
            arguments = arguments with
            {
                File = recorded.Path,
                Present = arguments.Present ?? new ByteSize(Math.Max(store.BudgetBytes, 1)),
                Low = parsed.GetValue(low) is { } given ? given / 100 : (double)store.LowWaterBytes / Math.Max(store.BudgetBytes, 1),
                Grace = parsed.GetValue(grace) ?? TimeSpan.FromSeconds(store.GracePeriodSeconds),
            };
            return await Task.Run(() => replay(arguments, call.Terminal, cancel), CancellationToken.None);
        });
    }

    private static IEnumerable<string> Words(IEnumerable<string> tokens) => tokens.SelectMany(t => t.Split(','));
}
