using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Understudy.Bench.Measuring;
using Understudy.Warming.Planning;

namespace Understudy.Bench.Warm.Planner;

/// <summary>Its own getTileUrl at 3.1.0, 5.0.1 and 6.1.0, in Node (getTileUrl.mjs): each URL is made and its length added up, nothing is written.</summary>
internal static class OpenSeadragon
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <returns>In the order of <paramref name="pyramids"/>; null without Node.</returns>
    public static async Task<IReadOnlyList<Peer>?> RatesAsync(
        WarmOptions options, string workFolder, IReadOnlyList<(string Info, ViewerProfile Profile)> pyramids, TimeSpan time, CancellationToken cancel)
    {
        // Found or installed by bench/run.
        var node = Environment.GetEnvironmentVariable("BENCH_NODE") is { Length: > 0 } given ? given : Programs.Find("node");
        if (node is null)
            return null;
        var list = Path.Combine(workFolder, "pyramids.json");
        var questions = new JsonArray([.. pyramids.Select(p => new JsonObject { ["profile"] = p.Profile.ToString(), ["info"] = JsonNode.Parse(p.Info) })]);
        await File.WriteAllTextAsync(list, questions.ToJsonString(), cancel);
        var script = Path.Combine(options.Repository, "bench/Understudy.Bench/Warm/Planner/getTileUrl.mjs");
        var milliseconds = time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        var said = await new Command(node, [script, Path.Combine(options.Repository, "tests/viewers"), list, milliseconds]).OutputAsync(Limit, cancel);
        var answers = JsonSerializer.Deserialize<Answer[]>(said, JsonSerializerOptions.Web)!;
        return [.. answers.Select(a => new Peer(a.Urls, a.Last, Spread.Of(a.Rates)!))];
    }

    private sealed record Answer(int Urls, string Last, double[] Rates);
}

/// <param name="Rates">URLs a second.</param>
internal sealed record Peer(int Urls, string Last, Spread Rates);
