using System.CommandLine;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy plans [--state S]</c>, <c>plans faults</c>, <c>plans retry</c>, <c>plans drop</c></summary>
internal static class PlansVerb
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Verb Create(ClientVerb client, TimeProvider time)
    {
        var filter = new FilterOptions();
        var state = new Option<AssetState>("--state") { HelpName = "STATE", Description = "dead, pending or running", DefaultValueFactory = _ => AssetState.Dead };
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "list so many at the most", DefaultValueFactory = _ => 100 };
        var verb = new Verb("plans", "Shows what is still to do, or was given up.", "understudy plans", "understudy plans --state pending --lane bulk", "understudy plans faults", "understudy plans retry --fault failed") { state, limit };
        filter.AddTo(verb);
        verb.Subcommands.Add(CreateFaults(client));
        verb.Subcommands.Add(CreateAction(client, time, PlanAct.Retry));
        verb.Subcommands.Add(CreateAction(client, time, PlanAct.Drop));
        return client.Wire(verb, (call, cancel) => ListAsync(call, call.Parsed.GetValue(state), filter.Read(call.Parsed), call.Parsed.GetValue(limit), cancel));
    }

    private static async Task<int> ListAsync(Call call, AssetState state, PlanFilter filter, int limit, CancellationToken cancel)
    {
        var table = new Table("ASSET", "STAGE", "LANE", "TRIES", "DUE", "GIVEN UP", "REASON");
        var (left, after) = (limit, (string?)null);
        do
        {
            var page = await call.Worker.PlanListAsync(state, filter, after, Math.Min(left, 500), cancel);
            foreach (var plan in page.Items)
            {
                if (call.Json)
                    await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(plan, Wire.Json));
                else
                    table.Add($"{plan.Id}", plan.Stage, plan.Lane.ToString().ToLowerInvariant(), $"{plan.Attempts}", AssetText.Time(plan.DueAt), plan.DeadAt is { } dead ? AssetText.Time(dead) : null, plan.Reason);
            }

            (left, after) = (left - page.Items.Count, page.Next);
        }
        while (left > 0 && after is not null);
        if (!call.Json)
            table.Write(call.Terminal.Output, call.Terminal.Width);
        return ExitCode.Done;
    }

    private static Verb CreateFaults(ClientVerb client) => client.Wire(new Verb("faults", "Shows what plans were given up for, the most first.", "understudy plans faults"), async (call, cancel) =>
    {
        var table = new Table("PLANS", "STAGE", "FAULT", "NEWEST", "MOSTLY");
        foreach (var group in await call.Worker.PlanFaultsAsync(cancel))
        {
            if (call.Json)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(group, Wire.Json));
            else
                table.Add($"{group.Plans}", group.Stage, group.Fault?.ToString(), AssetText.Time(group.NewestAt), group.Reasons is [var most, ..] ? most.Words : null);
        }

        if (!call.Json)
            table.Write(call.Terminal.Output, call.Terminal.Width);
        return ExitCode.Done;
    });

    private static Verb CreateAction(ClientVerb client, TimeProvider time, PlanAct act)
    {
        var (name, filter) = (act.ToString().ToLowerInvariant(), new FilterOptions());
        var force = new Option<bool>("--force") { Description = "also those without which nobody would know that caches may serve what they should have forgotten" };
        var verb = new Verb(name, act == PlanAct.Retry ? "Tries all dead plans again that match." : "Gives all dead plans up for good that match.", $"understudy plans {name} --stage copy --fault failed");
        filter.AddTo(verb);
        if (act == PlanAct.Drop)
            verb.Options.Add(force);
        return client.Wire(verb, async (call, cancel) =>
        {
            var which = filter.Read(call.Parsed);
            var asked = act == PlanAct.Retry ? await call.Worker.RetryPlansAsync(which, cancel) : await call.Worker.DropPlansAsync(which, call.Parsed.GetValue(force), cancel);
            var ended = await Progress.ShowAsync(call.Terminal, !call.Json, name, 1, progress => FollowAsync(call.Worker, asked, progress, time, cancel));
            await call.Terminal.Output.WriteLineAsync(call.Json
                ? JsonSerializer.Serialize(ended, Wire.Json)
                : $"{ended.Done} of {ended.Total} dead plans{(ended.Kept > 0 ? $"; {ended.Kept} were kept, for caches may still serve what they should have forgotten (--force)" : "")}");
            return ExitCode.Done;
        });
    }

    private static async Task<PlanActionView> FollowAsync(UnderstudyClient worker, PlanActionView asked, Action<double> progress, TimeProvider time, CancellationToken cancel)
    {
        for (var now = asked; ; now = await worker.PlanActionAsync(asked.Id, cancel))
        {
            progress(now.Total == 0 ? 1 : Math.Min(1, (now.Done + now.Kept) / (double)now.Total));
            if (now.EndedAt is not null)
                return now;
            await Task.Delay(LookEvery, time, cancel);
        }
    }

    private sealed class FilterOptions
    {
        private readonly Option<Lane?> _lane = new("--lane") { HelpName = "LANE", Description = "of this lane: waiting, hit, ingest, ahead or bulk" };
        private readonly Option<string?> _stage = new("--stage") { HelpName = "STAGE", Description = "at this stage: await, copy, remove, evict, purge or warm" };
        private readonly Option<Fault?> _fault = new("--fault") { HelpName = "FAULT", Description = "failed, noRoom, sourceGone or badSource" };
        private readonly Option<int?> _customer = new("--customer") { HelpName = "N", Description = "of this customer" };
        private readonly Option<string?> _reason = new("--reason") { HelpName = "TEXT", Description = "whose reason begins so" };

        public void AddTo(Verb verb)
        {
            foreach (var option in (Option[])[_lane, _stage, _fault, _customer, _reason])
                verb.Options.Add(option);
        }

        public PlanFilter Read(ParseResult parsed) => new(parsed.GetValue(_lane), parsed.GetValue(_stage), parsed.GetValue(_fault), parsed.GetValue(_customer), parsed.GetValue(_reason));
    }
}
