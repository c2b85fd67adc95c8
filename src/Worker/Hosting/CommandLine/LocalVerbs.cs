using System.CommandLine;

namespace Understudy.Hosting.CommandLine;

/// <summary>What the verbs that need no running worker call. All give an <see cref="ExitCode"/>.</summary>
/// <param name="Serve">Runs the worker; gets its <c>--Key=Value</c> arguments.</param>
/// <param name="CheckConfiguration">Prints the effective configuration and its errors; gets the arguments, and whether it is to be JSON.</param>
/// <param name="CheckJp2">Looks into JP2 files; gets their names, the output and whether it is to be JSON. Without it there is no such verb.</param>
internal sealed record LocalActions(
    Func<string[], Task<int>> Serve,
    Func<string[], Terminal, bool, int> CheckConfiguration,
    Func<IEnumerable<string>, TextWriter, bool, int>? CheckJp2);

/// <summary><c>understudy serve</c>, <c>config check</c>, <c>check-jp2</c></summary>
internal static class LocalVerbs
{
    public const string Serve = "serve";

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
}
