using System.CommandLine;
using Understudy.Comparing;
using Understudy.Scavenging.CacheFolders;
using Understudy.Scavenging.Replay;
using Understudy.Warming.Planning;

namespace Understudy.Hosting.CommandLine;

/// <summary>What the verbs that need no running worker call. All give an <see cref="ExitCode"/>.</summary>
/// <param name="Serve">Runs the worker; gets its <c>--Key=Value</c> arguments.</param>
/// <param name="CheckConfiguration">Prints the effective configuration and its errors; gets the arguments, and whether it is to be JSON.</param>
/// <param name="CheckJp2">Looks into JP2 files; gets their names, the output and whether it is to be JSON. Without it there is no such verb.</param>
/// <param name="WarmPlan">Prints what viewers will ask for. Without it there is no such verb.</param>
/// <param name="Compare">Sets image servers side by side. Without it there is no such verb.</param>
/// <param name="ScavengeCache">Keeps one of Cantaloupe's cache folders within a budget. Without it there is no such verb.</param>
/// <param name="Replay">Runs recorded uses through stores of several sizes. Without it there is no such verb.</param>
/// <param name="Dashboard">Runs the dashboard of a worker elsewhere; gets its <c>--Key=Value</c> arguments. Without it there is no such verb.</param>
internal sealed record LocalActions(
    Func<string[], Task<int>> Serve,
    Func<string[], Terminal, bool, int> CheckConfiguration,
    Func<IEnumerable<string>, TextWriter, bool, int>? CheckJp2,
    Func<WarmPlanArguments, Terminal, int>? WarmPlan = null,
    Func<CompareArguments, Terminal, CancellationToken, Task<int>>? Compare = null,
    Func<ScavengeCacheArguments, Terminal, CancellationToken, Task<int>>? ScavengeCache = null,
    Func<ReplayArguments, Terminal, CancellationToken, int>? Replay = null,
    Func<string[], Task<int>>? Dashboard = null);

/// <summary><c>understudy serve</c>, <c>dashboard</c>, <c>config check</c>, <c>check-jp2</c>, <c>warm-plan</c></summary>
internal static class LocalVerbs
{
    public const string Serve = "serve";
    public const string Dashboard = "dashboard";

    public static Command CreateServe(LocalActions actions)
    {
        var verb = new Verb(Serve, "Runs the worker. Settings go as --Key=Value, on top of appsettings.json and the environment.",
            "understudy serve",
            "understudy serve --Urls=http://127.0.0.1:9000 --Storage:Root=/mnt/nas/iiif",
            "Storage__Root=/mnt/nas/iiif understudy serve")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        verb.SetAction((parsed, _) => actions.Serve([.. parsed.UnmatchedTokens]));
        return verb;
    }

    public static Command CreateDashboard(Func<string[], Task<int>> run)
    {
        var verb = new Verb(Dashboard, "Runs the dashboard by itself, in front of a worker elsewhere. Settings go as --Key=Value, as those of serve.",
            "understudy dashboard --Dashboard:Api=http://10.0.0.5:8080",
            "understudy dashboard --Dashboard:Api=http://10.0.0.5:8080 --Urls=http://0.0.0.0:8090")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        verb.SetAction((parsed, _) => run([.. parsed.UnmatchedTokens]));
        return verb;
    }

    public static Command CreateConfig(LocalActions actions, Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "JSON for machines" };
        var check = new Verb("check", "Shows every setting with its source, and what is wrong; takes --Key=Value like serve.",
            "understudy config check",
            "understudy config check --Storage:MaxBytes='2 TiB'")
        {
            json,
        };
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction(parsed => actions.CheckConfiguration([.. parsed.UnmatchedTokens], terminal, parsed.GetValue(json)));
        return new Command("config", "Looks at the configuration.") { check };
    }

    public static Command CreateCheckJp2(Func<IEnumerable<string>, TextWriter, bool, int> check, Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "JP2 files or codestreams" };
        var json = new Option<bool>("--json") { Description = "JSON for machines" };
        var verb = new Verb("check-jp2", "Says what JP2 files are, and whether the worker would take them.",
            "understudy check-jp2 scan.jp2",
            "understudy check-jp2 *.jp2 --json")
        {
            files, json,
        };
        verb.SetAction(parsed => check(parsed.GetRequiredValue(files), terminal.Output, parsed.GetValue(json)));
        return verb;
    }

    public static Command CreateWarmPlan(Func<WarmPlanArguments, Terminal, int> plan, Terminal terminal)
    {
        var info = new Option<string>("--info") { Required = true, HelpName = "FILE", Description = "an info.json of version 2 or 3; - for standard input" };
        var profile = new Option<string>("--profile") { Required = true, Description = "which OpenSeadragon: A up to 3.1 (Mirador 3), B 4.1 to 5.0.1 (Mirador 4), C from 6 (Universal Viewer 4.4)" };
        profile.AcceptOnlyFromAmong("A", "B", "C");
        var start = new Option<string?>("--base") { HelpName = "URL", Description = "what the URLs start with; else the id in the info.json" };
        var most = new Option<int?>("--max-requests") { HelpName = "N", Description = "stop after so many" };
        var json = new Option<bool>("--json") { Description = "JSON for machines: url, level, source and output in pixels, and why a server must refuse it" };
        var verb = new Verb("warm-plan", "Prints the URLs of all tiles that a viewer can ask for, the top level first, row by row.",
            "understudy warm-plan --info info.json --profile B",
            "curl -s https://example.org/iiif/2/foo/info.json | understudy warm-plan --info - --profile C --max-requests 20")
        {
            info, profile, start, most, json,
        };
        most.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                result.AddError("--max-requests is a whole number from 1");
        });
        verb.SetAction(parsed => plan(
            new(parsed.GetRequiredValue(info), Enum.Parse<ViewerProfile>(parsed.GetRequiredValue(profile)), parsed.GetValue(start), parsed.GetValue(most), parsed.GetValue(json)),
            terminal));
        return verb;
    }
}
