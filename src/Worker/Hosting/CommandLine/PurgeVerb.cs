using System.CommandLine;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy purge [ID…] [--file LIST] [--customer N [--space N]]</c> and <c>understudy purges</c></summary>
internal static class PurgeVerb
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Create(ClientVerb client, TimeProvider time)
    {
        var ids = AssetIds.Argument(ArgumentArity.ZeroOrMore, "assets, as customer/space/asset");
        var file = new Option<string?>("--file") { HelpName = "LIST", Description = "many assets: a file with one id a line, - for standard input" };
        var customer = new Option<int?>("--customer") { HelpName = "N", Description = "all assets of this customer" };
        var space = new Option<int?>("--space") { HelpName = "N", Description = "only those of this space" };
        var targets = new Option<string[]>("--target") { HelpName = "NAME", Description = "only these caches: nodes, tiles, full, infojson, varnish, cloudfront, webhooks, or one's name; may be given several times" };
        var recopy = new Option<bool>("--recopy") { Description = "read the copies from their sources again first" };
        var cold = new Option<bool>("--no-warm") { Description = "leave the image servers' caches empty afterwards" };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "why, for those who look later" };
        var key = new Option<string?>("--idempotency-key") { HelpName = "TEXT", Description = "an idempotency key: asking again with it is asking once" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would be done" };
        var wait = new Option<bool>("--wait") { Description = "stay until the purge is over, with its progress" };
        var verb = new Verb("purge", "Has caches forget images, and looks whether they did. Several assets, or a customer, are one bulk purge.",
            "understudy purge 2/5/foo",
            "understudy purge --customer 2 --space 5 --reason 'new watermark' --dry-run",
            "understudy purge --file list.txt --target nodes --target varnish --wait")
        {
            ids, file, customer, space, targets, recopy, cold, reason, key, dryRun, wait,
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
            var only = parsed.GetValue(targets) is { Length: > 0 } some ? some : null;
            if (parsed.GetValue(ids) is [var single] && parsed.GetValue(file) is null && !parsed.GetValue(dryRun) && !parsed.GetValue(wait) && parsed.GetValue(key) is null)
            {
                var options = new PurgeOptions(only, parsed.GetValue(recopy), !parsed.GetValue(cold), parsed.GetValue(reason));
                return await PerAsset.RunAsync(call, [single], null, (worker, id, stop) => worker.PurgeAsync(id, options, stop), _ => true, cancel);
            }

            PurgeRequest request;
            try
            {
                IReadOnlyList<AssetId>? listed = parsed.GetValue(customer) is null ? [.. (parsed.GetValue(ids) ?? []).Concat(await PerAsset.ListedAsync(call.Terminal, parsed.GetValue(file), cancel))] : null;
                request = new PurgeRequest(parsed.GetValue(customer), parsed.GetValue(space), listed, only, parsed.GetValue(recopy), !parsed.GetValue(cold), Reason: parsed.GetValue(reason));
            }
            catch (Exception unreadable) when (unreadable is FormatException or IOException or UnauthorizedAccessException)
            {
                await call.Terminal.Error.WriteLineAsync(unreadable.Message);
                return ExitCode.Usage;
            }

            return parsed.GetValue(dryRun)
                ? await PreviewAsync(call, request, cancel)
                : await PurgeAsync(call, request, parsed.GetValue(key), parsed.GetValue(wait), time, cancel);
        });
    }

    public static Command CreateList(ClientVerb client)
    {
        var optional = new Argument<Guid?>("ID") { Description = "one of them, target by target", Arity = ArgumentArity.ZeroOrOne };
        var list = new Verb("purges", "Shows bulk purges: how far they are, who asked, and why.", "understudy purges", "understudy purges 0193f7d2-…", "understudy purges cancel 0193f7d2-…") { optional };
        client.Wire(list, async (call, cancel) =>
        {
            await WriteAsync(call, call.Parsed.GetValue(optional) is { } one ? [await call.Worker.PurgeAsync(one, cancel)] : await call.Worker.PurgesAsync(cancel));
            return ExitCode.Done;
        });
        var id = new Argument<Guid>("ID") { Description = "a bulk purge" };
        list.Subcommands.Add(client.Wire(
            new Verb("cancel", "Cancels a bulk purge, also what of it is under way.", "understudy purges cancel 0193f7d2-…") { id },
            async (call, cancel) =>
            {
                await WriteAsync(call, [await call.Worker.CancelPurgeAsync(call.Parsed.GetRequiredValue(id), cancel)]);
                return ExitCode.Done;
            }));
        return list;
    }

    private static async Task<int> PreviewAsync(Call call, PurgeRequest request, CancellationToken cancel)
    {
        var preview = await call.Worker.PreviewPurgeAsync(request, cancel);
        if (call.Json)
        {
            await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(preview, Wire.Json));
            return ExitCode.Done;
        }

        var output = call.Terminal.Output;
        await output.WriteLineAsync($"{preview.Assets} assets would be purged, {preview.Copies} of them with a copy{(preview.Unknown > 0 ? $"; {preview.Unknown} were never heard of" : "")}");
        await output.WriteLineAsync($"from {string.Join(", ", preview.Targets)}");
        foreach (var asset in preview.First)
            await output.WriteLineAsync($"  {asset}");
        if (preview.Assets > preview.First.Count)
            await output.WriteLineAsync("  …");
        return ExitCode.Done;
    }

    private static async Task<int> PurgeAsync(Call call, PurgeRequest request, string? key, bool wait, TimeProvider time, CancellationToken cancel)
    {
        var purge = await call.Worker.BeginPurgeAsync(request, key, cancel);
        if (wait)
            purge = await Progress.ShowAsync(call.Terminal, !call.Json, $"{purge.Total} assets", purge.Total, progress => FollowAsync(call.Worker, purge.Id, progress, time, cancel));
        await WriteAsync(call, [purge]);
        return purge.Failed == 0 && purge.CancelledAt is null ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<BulkPurgeView> FollowAsync(UnderstudyClient worker, Guid id, Action<double> progress, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            var purge = await worker.PurgeAsync(id, cancel);
            progress(purge.Done + purge.Skipped + purge.Failed);
            if (purge.EndedAt is not null)
                return purge;
            await Task.Delay(LookEvery, time, cancel);
        }
    }

    private static async Task WriteAsync(Call call, IReadOnlyList<BulkPurgeView> purges)
    {
        if (call.Json)
        {
            foreach (var purge in purges)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(purge, Wire.Json));
            return;
        }

        var table = new Table("ID", "OF", "STATE", "ASSETS", "DONE", "SKIPPED", "FAILED", "LEFT", "BY", "WHY");
        foreach (var p in purges)
        {
            table.Add(
                p.Id.ToString(),
                p.IsList ? "list" : p.Space is { } space ? $"{p.Customer}/{space}" : $"{p.Customer}",
                p.CancelledAt is not null ? "cancelled" : p.EndedAt is not null ? "over" : "under way",
                $"{p.Total}", $"{p.Done}", $"{p.Skipped}", $"{p.Failed}",
                p.SecondsLeft is { } left ? TimeSpan.FromSeconds(Math.Round(left)).ToString("c") : null,
                p.RequestedBy, p.Reason);
        }

        table.Write(call.Terminal.Output, call.Terminal.Width);
        if (purges is [{ Progress: { } targets }])
        {
            var byTarget = new Table("TARGET", "CLEAN", "UNDER WAY", "FAILING", "REASON");
            foreach (var t in targets)
                byTarget.Add(t.Name, $"{t.Clean}", $"{t.UnderWay}", $"{t.Failing}", t.Reason);
            await call.Terminal.Output.WriteLineAsync();
            byTarget.Write(call.Terminal.Output, call.Terminal.Width);
        }
    }
}
