using System.CommandLine;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy status [ID…] [--customer N] [--space N] [--state S]</c>: the store, a list, or single assets.</summary>
internal static class StatusVerb
{
    public static Command Create(ClientVerb client)
    {
        var ids = AssetIds.Argument(ArgumentArity.ZeroOrMore, "assets to show in full");
        var customer = new Option<int?>("--customer") { HelpName = "N", Description = "list assets of this customer" };
        var space = new Option<int?>("--space") { HelpName = "N", Description = "list assets of this space" };
        var state = new Option<AssetState?>("--state") { HelpName = "STATE", Description = "list assets that are present, pending, running, dead or absent" };
        var stage = new Option<string?>("--stage") { HelpName = "STAGE", Description = "list assets whose plan is at await, copy, remove or warm; --state is the plan's then" };
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "list so many at the most", DefaultValueFactory = _ => 100 };
        var verb = new Verb("status", "Shows the store, a list of assets, or all about some.",
            "understudy status",
            "understudy status --state dead",
            "understudy status --stage warm --state dead",
            "understudy status --customer 2 --limit 1000 --json",
            "understudy status 2/5/foo")
        {
            ids, customer, space, state, stage, limit,
        };
        return client.Wire(verb, (call, cancel) =>
        {
            var (parsed, wanted) = (call.Parsed, call.Parsed.GetValue(ids) ?? []);
            if (wanted.Length > 0)
                return AssetsAsync(call, wanted, cancel);
            if (parsed.GetResult(customer) is null && parsed.GetResult(space) is null && parsed.GetResult(state) is null && parsed.GetResult(stage) is null && parsed.GetResult(limit) is null or { Implicit: true })
                return StoreAsync(call, cancel);
            return ListAsync(call, parsed.GetValue(customer), parsed.GetValue(space), parsed.GetValue(state), parsed.GetValue(stage), parsed.GetValue(limit), cancel);
        });
    }

    private static async Task<int> AssetsAsync(Call call, AssetId[] ids, CancellationToken cancel)
    {
        var code = ExitCode.Done;
        foreach (var id in ids)
        {
            var asset = await call.Worker.FindAsync(id, cancel);
            if (asset is null)
            {
                await call.Terminal.Error.WriteLineAsync($"{id} is not known");
                code = ExitCode.Failed;
            }
            else if (call.Json)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(asset, Wire.Json));
            else
                AssetText.Write(asset, call.Terminal.Output);
        }

        return code;
    }

    private static async Task<int> ListAsync(Call call, int? customer, int? space, AssetState? state, string? stage, int limit, CancellationToken cancel)
    {
        var table = new Table("ID", "STATE", "SIZE", "REASON");
        var left = limit;
        string? after = null;
        do
        {
            var page = await call.Worker.ListAsync(customer, space, state, after, Math.Min(left, 500), stage, cancel: cancel);
            foreach (var asset in page.Items.Take(left))
            {
                left--;
                if (call.Json)
                    await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(asset, Wire.Json));
                else
                    table.Add(asset.Id.ToString(), AssetText.State(asset.State), asset.Bytes is { } bytes ? new ByteSize(bytes).ToString() : null, asset.Reason);
            }

            after = page.Next;
        }
        while (after is not null && left > 0);

        if (!call.Json)
            table.Write(call.Terminal.Output, call.Terminal.Width);
        if (after is not null)
            await call.Terminal.Error.WriteLineAsync($"there are more; --limit {limit} was reached");
        return ExitCode.Done;
    }

    private static async Task<int> StoreAsync(Call call, CancellationToken cancel)
    {
        var store = await call.Worker.StoreAsync(cancel);
        var plans = await call.Worker.PlansAsync(cancel);
        var workers = await call.Worker.WorkersAsync(cancel);
        var output = call.Terminal.Output;
        if (call.Json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { store, plans, workers }, Wire.Json));
            return ExitCode.Done;
        }

        await output.WriteLineAsync($"store    {store.Root}");
        await output.WriteLineAsync($"used     {new ByteSize(store.UsedBytes)} in {store.Copies} copies{(store.MaxBytes is { } max ? $", of {new ByteSize(max)}" : "")}");
        await output.WriteLineAsync($"besides  {new ByteSize(store.ReservedBytes)} reserved, {new ByteSize(store.RetiredBytes)} kept for readers");
        await output.WriteLineAsync($"free     {new ByteSize(store.FileSystemFreeBytes)} on the file system, {new ByteSize(store.MinFreeBytes)} of it kept free");
        foreach (var count in plans)
            await output.WriteLineAsync($"plans    {count.Plans} {AssetText.State(count.State)} in lane {count.Lane.ToString().ToLowerInvariant()}, the oldest due {(count.OldestDueAt is { } due ? AssetText.Time(due) : "never")}");
        foreach (var worker in workers)
        {
            await output.WriteLineAsync($"worker   {worker.Node} (process {worker.ProcessId}), since {AssetText.Time(worker.StartedAt)}, {worker.Running.Count} running");
            foreach (var running in worker.Running)
                await output.WriteLineAsync($"         {running.Id}  {running.Stage}  {new ByteSize(running.DoneBytes)} of {new ByteSize(running.TotalBytes)}");
        }

        return ExitCode.Done;
    }
}
