using System.CommandLine;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy warm [ID…] [--file LIST] [--customer N [--space N]]</c> and <c>understudy warmings</c></summary>
internal static class WarmVerb
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Create(ClientVerb client, TimeProvider time)
    {
        var ids = AssetIds.Argument(ArgumentArity.ZeroOrMore, "assets, as customer/space/asset");
        var file = new Option<string?>("--file") { HelpName = "LIST", Description = "many assets: a file with one id a line, - for standard input" };
        var customer = new Option<int?>("--customer") { HelpName = "N", Description = "all copies of this customer" };
        var space = new Option<int?>("--space") { HelpName = "N", Description = "only those of this space" };
        var onlyCold = new Option<bool>("--only-cold") { Description = "leave out what is warm already" };
        var rate = new Option<double?>("--rate") { HelpName = "N", Description = "assets a second at most" };
        var wait = new Option<bool>("--wait") { Description = "stay until a bulk warming is over, with its progress" };
        var verb = new Verb("warm", "Has the image servers make, and cache, what viewers ask for first. Several assets, or a customer, are one bulk warming.",
            "understudy warm 2/5/foo",
            "understudy warm --customer 2 --space 5 --only-cold --wait",
            "understudy warm --file exhibition.txt --rate 10")
        {
            ids, file, customer, space, onlyCold, rate, wait,
        };
        verb.Validators.Add(result =>
        {
            var (some, all) = (result.GetResult(ids) is { Tokens.Count: > 0 } || result.GetResult(file) is not null, result.GetResult(customer) is not null);
            if (some == all)
                result.AddError("name assets, a list with --file, or a --customer");
            if (result.GetResult(space) is not null && !all)
                result.AddError("--space needs --customer");
        });
        return client.Wire(verb, async (call, cancel) =>
        {
            var parsed = call.Parsed;
            if (parsed.GetValue(ids) is [var single] && parsed.GetValue(file) is null)
                return await PerAsset.RunAsync(call, [single], null, (worker, id, stop) => worker.WarmAsync(id, stop), _ => true, cancel);

            WarmingRequest request;
            try
            {
                IReadOnlyList<AssetId>? listed = parsed.GetValue(customer) is null ? [.. (parsed.GetValue(ids) ?? []).Concat(await PerAsset.ListedAsync(call.Terminal, parsed.GetValue(file), cancel))] : null;
                request = new WarmingRequest(parsed.GetValue(customer), parsed.GetValue(space), listed, parsed.GetValue(onlyCold), parsed.GetValue(rate));
            }
            catch (Exception unreadable) when (unreadable is FormatException or IOException or UnauthorizedAccessException)
            {
                await call.Terminal.Error.WriteLineAsync(unreadable.Message);
                return ExitCode.Usage;
            }

            var warming = await call.Worker.BeginWarmingAsync(request, cancel);
            if (parsed.GetValue(wait))
                warming = await Progress.ShowAsync(call.Terminal, !call.Json, $"{warming.Total} assets", warming.Total, progress => FollowAsync(call.Worker, warming.Id, progress, time, cancel));
            await WriteAsync(call, [warming]);
            return warming.Failed == 0 && warming.CancelledAt is null ? ExitCode.Done : ExitCode.Failed;
        });
    }

    public static Command CreateList(ClientVerb client)
    {
        var id = new Argument<Guid>("ID") { Description = "a bulk warming" };
        var cancelVerb = client.Wire(
            new Verb("cancel", "Cancels a bulk warming, also what of it is under way.", "understudy warmings cancel 0193f7d2-…") { id },
            async (call, cancel) =>
            {
                await WriteAsync(call, [await call.Worker.CancelWarmingAsync(call.Parsed.GetRequiredValue(id), cancel)]);
                return ExitCode.Done;
            });
        var list = new Verb("warmings", "Shows bulk warmings, and how far they are.", "understudy warmings", "understudy warmings --json", "understudy warmings cancel 0193f7d2-…");
        client.Wire(list, async (call, cancel) =>
        {
            await WriteAsync(call, await call.Worker.WarmingsAsync(cancel));
            return ExitCode.Done;
        });
        list.Subcommands.Add(cancelVerb);
        return list;
    }

    private static async Task<WarmingView> FollowAsync(UnderstudyClient worker, Guid id, Action<double> progress, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            var warming = await worker.WarmingAsync(id, cancel);
            progress(warming.Done + warming.Skipped + warming.Failed);
            if (warming.EndedAt is not null)
                return warming;
            await Task.Delay(LookEvery, time, cancel);
        }
    }

    private static async Task WriteAsync(Call call, IReadOnlyList<WarmingView> warmings)
    {
        if (call.Json)
        {
            foreach (var warming in warmings)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(warming, Wire.Json));
            return;
        }

        var table = new Table("ID", "OF", "STATE", "ASSETS", "DONE", "SKIPPED", "FAILED", "REQUESTS", "BYTES", "LEFT");
        foreach (var w in warmings)
        {
            table.Add(
                w.Id.ToString(),
                w.IsList ? "list" : w.Space is { } space ? $"{w.Customer}/{space}" : $"{w.Customer}",
                w.CancelledAt is not null ? "cancelled" : w.EndedAt is not null ? "over" : "under way",
                $"{w.Total}", $"{w.Done}", $"{w.Skipped}", $"{w.Failed}", $"{w.GoodRequests}", new ByteSize(w.Bytes).ToString(),
                w.SecondsLeft is { } left ? TimeSpan.FromSeconds(Math.Round(left)).ToString("c") : null);
        }

        table.Write(call.Terminal.Output, call.Terminal.Width);
    }
}
