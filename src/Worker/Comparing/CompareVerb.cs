using System.CommandLine;
using Understudy.Hosting.CommandLine;
using Understudy.Warming.Planning;

namespace Understudy.Comparing;

/// <summary><c>understudy compare --base A --base B --assets FILE --profile B</c></summary>
internal static class CompareVerb
{
    private const string Description =
        "Asks two or more image servers for the same tiles, as a viewer does, twice each, and sets their times side by side; each answer is checked. "
        + "The first pass is 'cold' only in that this run has not asked before: empty what shall be empty first. Cantaloupe: POST /tasks {\"verb\":\"PurgeCache\"} on every node; "
        + "IIPImage: SIGHUP; then the caches in front of them, and on their machines the page cache (echo 3 > /proc/sys/vm/drop_caches). "
        + "Exit codes: 0 all answers good, 1 some bad or an asset left out, 2 wrong usage or no assets, 3 a server can't be reached, 130 interrupted; what there is so far is printed all the same.";

    public static Command Create(Func<CompareArguments, Terminal, CancellationToken, Task<int>> compare, Terminal terminal)
    {
        var bases = new Option<string[]>("--base") { Required = true, HelpName = "URL", Description = "what stands before an identifier; once for each server, at least twice; the first is what the others are measured by" };
        var assets = new Option<string>("--assets") { Required = true, HelpName = "FILE", Description = "an identifier a line as it goes into the URL (2%2F5%2Ffoo), or one for each server with tabs between; # comments; - for standard input" };
        var profile = new Option<string>("--profile") { Required = true, Description = "which OpenSeadragon: A up to 3.1 (Mirador 3), B 4.1 to 5.0.1 (Mirador 4), C from 6 (Universal Viewer 4.4)" };
        profile.AcceptOnlyFromAmong("A", "B", "C");
        var concurrency = new Option<int>("--concurrency") { HelpName = "N", Description = "requests at a time", DefaultValueFactory = _ => 4 };
        var most = new Option<int?>("--max-requests") { HelpName = "N", Description = "so many of each asset, the top levels first; else the whole pyramid" };
        var info = new Option<string?>("--info") { HelpName = "FILE|URL", Description = "plan from this info.json in place of the first server's: a file, or the public address with {id} in it" };
        var json = new Option<bool>("--json") { Description = "JSON for machines" };
        var verb = new Verb("compare", Description,
            "understudy compare --base http://node1:8182/iiif/2 --base http://node2:8182/iiif/2 --assets exhibition.txt --profile B",
            "understudy compare --base http://kakadu:8182/iiif/3 --base http://openjpeg:8182/iiif/3 --assets ids.txt --profile C --max-requests 20 --json")
        {
            bases, assets, profile, concurrency, most, info, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetResult(bases) is { Tokens.Count: < 2 })
                result.AddError("name at least two servers with --base");
            if (result.GetResult(concurrency)?.Errors.Any() == false && result.GetValue(concurrency) is < 1 or > 256)
                result.AddError("--concurrency is a whole number from 1 to 256");
            if (result.GetResult(most)?.Errors.Any() == false && result.GetValue(most) < 1)
                result.AddError("--max-requests is a whole number from 1");
        });
        verb.SetAction((parsed, cancel) => compare(
            new(parsed.GetRequiredValue(bases), parsed.GetRequiredValue(assets), Enum.Parse<ViewerProfile>(parsed.GetRequiredValue(profile)),
                parsed.GetValue(concurrency), parsed.GetValue(most), parsed.GetValue(info), parsed.GetValue(json)),
            terminal, cancel));
        return verb;
    }
}
