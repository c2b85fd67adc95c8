using System.CommandLine;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy retry|refresh|remove ID…</c></summary>
internal static class AssetVerbs
{
    public static IEnumerable<Command> Create(ClientVerb client) =>
    [
        Create(client, "retry", "Tries plans again now, also those that were given up.", (worker, id, cancel) => worker.RetryAsync(id, cancel)),
        Create(client, "refresh", "Looks at the sources again, and replaces copies where they changed.", (worker, id, cancel) => worker.RefreshAsync(id, cancel)),
        Create(client, "remove", "Removes copies from the store.", (worker, id, cancel) => worker.DeleteAsync(id, cancel)),
    ];

    private static Verb Create(ClientVerb client, string name, string description, Func<UnderstudyClient, AssetId, CancellationToken, Task<AssetView>> act)
    {
        var ids = AssetIds.Argument(ArgumentArity.ZeroOrMore, "assets, as customer/space/asset");
        var file = new Option<string?>("--file") { HelpName = "LIST", Description = "more assets: a file with one id a line, - for standard input" };
        var verb = new Verb(name, description, $"understudy {name} 2/5/foo 2/5/bar", $"understudy {name} --file ids.txt") { ids, file };
        verb.Validators.Add(result =>
        {
            if (result.GetResult(ids) is not { Tokens.Count: > 0 } && result.GetResult(file) is null)
                result.AddError("name at least one asset, or a list with --file");
        });
        return client.Wire(verb, (call, cancel) => PerAsset.RunAsync(call, call.Parsed.GetValue(ids) ?? [], call.Parsed.GetValue(file), act, _ => true, cancel));
    }
}
