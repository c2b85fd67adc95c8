using System.CommandLine;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy ensure ID… [--wait 30s] [--file LIST]</c></summary>
internal static class EnsureVerb
{
    public static Command Create(ClientVerb client, TimeProvider time)
    {
        var ids = AssetIds.Argument(ArgumentArity.ZeroOrMore, "assets, as customer/space/asset");
        var wait = new Option<TimeSpan>("--wait") { HelpName = "TIME", Description = "wait until they are there, at most so long: 30s, 5m", CustomParser = Duration.Parse };
        var file = new Option<string?>("--file") { HelpName = "LIST", Description = "more assets: a file with one id a line, - for standard input" };
        var verb = new Verb("ensure", "Wants assets in the store.",
            "understudy ensure 2/5/foo",
            "understudy ensure 2/5/foo 2/5/bar --wait 30s",
            "understudy ensure --file exhibition.txt --wait 10m --json")
        {
            ids, wait, file,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetResult(ids) is not { Tokens.Count: > 0 } && result.GetResult(file) is null)
                result.AddError("name at least one asset, or a list with --file");
        });
        return client.Wire(verb, (call, cancel) => PerAsset.RunAsync(
            call,
            call.Parsed.GetValue(ids) ?? [],
            call.Parsed.GetValue(file),
            (worker, id, stop) => EnsureAsync(worker, id, call.Parsed.GetValue(wait), time, stop),
            asset => call.Parsed.GetValue(wait) == TimeSpan.Zero ? asset.State != AssetState.Dead : asset.State == AssetState.Present,
            cancel));
    }

    /// <summary>Proxies cut long requests, so a long wait is several calls.</summary>
    private static async Task<AssetView> EnsureAsync(UnderstudyClient worker, AssetId id, TimeSpan wait, TimeProvider time, CancellationToken cancel)
    {
        var longest = TimeSpan.FromSeconds(20);
        var start = time.GetTimestamp();
        while (true)
        {
            var left = wait - time.GetElapsedTime(start);
            var slice = left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
            var before = time.GetTimestamp();
            var asset = await worker.EnsureAsync(id, slice, cancel);
            if (asset.State is AssetState.Present or AssetState.Dead || left <= longest)
                return asset;
            // A worker that answers sooner than it was asked to wait must not be asked in a tight loop.
            if (time.GetElapsedTime(before) < slice)
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
        }
    }
}
