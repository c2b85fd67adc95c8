using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Understudy.Comparing;
using Understudy.Hosting.Configuration;
using Understudy.Scavenging.CacheFolders;
using Understudy.Scavenging.Replay;

namespace Understudy.Hosting.CommandLine;

/// <summary>The executable's command line. Verbs that ask a running worker build no host, so that they answer at once.</summary>
internal static class UnderstudyCommand
{
    private static readonly string[] Examples =
    [
        "understudy                                    run the worker",
        "understudy ensure 2/5/foo --wait 30s          have a copy, and wait for it",
        "understudy status                             the store, and who works",
        "understudy warm --customer 2 --wait           have the image servers ready for a customer's viewers",
        "understudy purge 2/5/foo                      have every cache forget an image, and look whether it did",
        "understudy events send events.ndjson          tell what happened",
        "understudy config check                       what would the worker run with",
    ];

    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, TimeProvider time, LocalActions actions, CancellationToken cancel = default)
    {
        var parsed = Create(actions, terminal, time).Parse(arguments);
        var errors = parsed.Action is ParseErrorAction ? parsed.Errors.Select(e => e.Message) : parsed.Action is HelpWithExamples ? [] : Strangers(parsed);
        if (errors.ToList() is { Count: > 0 } wrong)
        {
            foreach (var error in wrong)
                await terminal.Error.WriteLineAsync(error);
            await terminal.Error.WriteLineAsync($"see '{Path(parsed)} --help'");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                // The host ends by itself when it is told to, and takes the time that it needs.
                ProcessTerminationTimeout = IsServe(parsed) ? null : TimeSpan.FromSeconds(2),
            },
            cancel);
    }

    private static RootCommand Create(LocalActions actions, Terminal terminal, TimeProvider time)
    {
        var client = new ClientVerb(terminal, new WorkerConnection(terminal));
        var root = new RootCommand("Understudy: JPEG 2000 copies for IIIF tile servers, there before they are asked for. Exit codes: 0 done, 1 some failed, 2 wrong usage or configuration, 3 no worker answers, 4 refused.")
        {
            LocalVerbs.CreateServe(actions),
            EnsureVerb.Create(client, time),
            StatusVerb.Create(client),
            PurgeVerb.Create(client, time),
            PurgeVerb.CreateList(client),
            WarmVerb.Create(client, time),
            WarmVerb.CreateList(client),
            PlansVerb.Create(client, time),
            SchedulesVerb.Create(client, time),
            EventsVerb.Create(client, time),
            LocalVerbs.CreateConfig(actions, terminal),
        };
        if (actions.Dashboard is { } dashboard)
            root.Subcommands.Add(LocalVerbs.CreateDashboard(dashboard));
        if (actions.CheckJp2 is { } check)
            root.Subcommands.Add(LocalVerbs.CreateCheckJp2(check, terminal));
        if (actions.WarmPlan is { } plan)
            root.Subcommands.Add(LocalVerbs.CreateWarmPlan(plan, terminal));
        if (actions.Compare is { } compare)
            root.Subcommands.Add(CompareVerb.Create(compare, terminal));
        if (actions.ScavengeCache is { } scavenge)
            root.Subcommands.Add(ScavengeCacheVerb.Create(scavenge, terminal));
        if (actions.Replay is { } replay)
            root.Subcommands.Add(ReplayVerb.Create(replay, client));
        foreach (var verb in AssetVerbs.Create(client).Concat(RoomVerbs.Create(client)).Concat(WorthVerbs.Create(client)))
            root.Subcommands.Add(verb);
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, _) => actions.Serve([.. parsed.UnmatchedTokens]));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        return root;
    }

    /// <summary>Of what no verb knows, only settings are passed on; the rest is a misspelt verb or option.</summary>
    private static IEnumerable<string> Strangers(ParseResult parsed)
    {
        var verbs = parsed.RootCommandResult.Command.Subcommands.Select(c => c.Name).ToList();
        foreach (var token in parsed.UnmatchedTokens.Where(t => !t.StartsWith("--", StringComparison.Ordinal) || !t.Contains('=', StringComparison.Ordinal)))
        {
            yield return token.StartsWith('-') ? $"'{token}' is not known; a setting is written --Key=Value"
                : Nearest.To(token, verbs) is { } near ? $"'{token}' is no verb; did you mean '{near}'?"
                : $"'{token}' is no verb; there are {string.Join(", ", verbs)}";
        }
    }

    private static bool IsServe(ParseResult parsed) => parsed.CommandResult.Command is RootCommand or { Name: LocalVerbs.Serve or LocalVerbs.Dashboard };

    private static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, at.Command is RootCommand ? "understudy" : at.Command.Name);
        return string.Join(' ', names);
    }
}
