using Understudy.Bench.Measuring;
using Understudy.Bench.Warm;

namespace Understudy.Bench.Purge;

/// <summary>One of those who post a task for each asset to each node, once, and believe the answer.</summary>
internal interface IPostWay
{
    string Name { get; }

    Task<BulkSample> RunAsync(CancellationToken cancel);
}

internal static class PostWays
{
    /// <summary>As many as the worker has at four nodes.</summary>
    public const int AtOnce = 16;

    // Tools are slower by far, and their rate is plain after so many.
    private const int OfCurl = 5_000;
    private const int OfXargs = 500;

    public static IEnumerable<IPostWay> All(int assets, IReadOnlyList<Uri> nodes, string folder)
    {
        yield return new BarePosts(assets, nodes);
        var (curl, xargs) = (Programs.Find("curl"), Programs.Find("xargs"));
        if (curl is null)
            yield break;

        var few = Math.Min(assets, OfCurl);
        var transfers = Path.Combine(folder, "transfers");
        File.WriteAllText(transfers, string.Join("next\n", Identifiers(few).SelectMany(id => nodes.Select(node => $"""
            url = "{node}tasks"
            user = "{FakeNodes.User}:{FakeNodes.Secret}"
            header = "Content-Type: application/json"
            data = "{Body(id).Replace("\"", "\\\"", StringComparison.Ordinal)}"
            fail
            silent

            """))));
        yield return new CommandPosts($"curl --parallel {AtOnce} (one process)", few, new Command(curl, ["--parallel", "--parallel-max", $"{AtOnce}", "-K", transfers]));
        if (xargs is null)
            yield break;

        few = Math.Min(assets, OfXargs);
        var ids = Path.Combine(folder, "identifiers");
        File.WriteAllLines(ids, Identifiers(few));
        yield return new CommandPosts($"xargs -P {AtOnce} curl (a process an asset)", few, new Command(xargs,
        [
            "-a", ids, "-P", $"{AtOnce}", "-I", "{}", curl, "-sf", "-u", $"{FakeNodes.User}:{FakeNodes.Secret}", "-H", "Content-Type: application/json",
            "-d", Body("{}"), .. nodes.Select(n => $"{n}tasks"),
        ]));
    }

    public static IEnumerable<string> Identifiers(int assets) => Enumerable.Range(1, assets).Select(n => $"/{KnownCopies.Path(n)}");

    public static string Body(string identifier) => $$"""{"verb":"PurgeItemFromCache","identifier":"{{identifier}}"}""";
}
