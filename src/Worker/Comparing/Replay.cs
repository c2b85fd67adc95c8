using Understudy.Warming.Planning;

namespace Understudy.Comparing;

/// <summary>Asks all servers for the same: asset after asset, cold and then warm, each time another server first, so that noise hits all alike.</summary>
internal sealed class Replay(CompareArguments arguments, Comparison comparison, CompareProgress progress, TimeProvider time)
{
    private readonly HashSet<ImageServer> _reached = [];

    /// <returns>A server that could not be reached at all, with the reason; then the rest was not asked for.</returns>
    public async Task<string?> RunAsync(IReadOnlyList<ComparedAsset> assets, CancellationToken cancel)
    {
        // An asset counts when it is through, or one server's figures would be of more requests than another's.
        var current = new Comparison(comparison.Servers);
        try
        {
            foreach (var (index, asset) in assets.Index())
            {
                progress.Next(index);
                var plan = await AssetPlan.MakeAsync(asset, comparison.Servers, arguments, cancel);
                if (plan.Unreachable is { } server && !_reached.Contains(server))
                    return plan.Obstacle;
                if (plan.Obstacle is { } obstacle)
                {
                    comparison.LeftOut.Add((asset.Name, obstacle));
                    continue;
                }

                _reached.UnionWith(comparison.Servers);
                current = new Comparison(comparison.Servers);
                await AskAllAsync(asset, plan.Requests, current, first: index % comparison.Servers.Count, cancel);
                comparison.Add(current);
                comparison.Compared++;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            comparison.Interrupted = true;
            if (comparison.Compared == 0)
                comparison.Add(current);
        }

        return null;
    }

    private async Task AskAllAsync(ComparedAsset asset, IReadOnlyList<ImageRequest> requests, Comparison into, int first, CancellationToken cancel)
    {
        var servers = comparison.Servers;
        foreach (var pass in Enum.GetValues<Pass>())
        {
            for (var i = 0; i < servers.Count; i++)
            {
                var turn = (first + i) % servers.Count;
                await AskAsync(servers[turn], asset.Identifiers[turn], requests, into.Of(servers[turn], pass), cancel);
            }
        }
    }

    private async Task AskAsync(ImageServer server, string identifier, IReadOnlyList<ImageRequest> requests, Tally tally, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        try
        {
            await Parallel.ForEachAsync(
                requests,
                new ParallelOptions { MaxDegreeOfParallelism = arguments.Concurrency, CancellationToken = cancel },
                async (request, stop) =>
                {
                    tally.Add(await server.AskAsync(identifier, request, stop));
                    progress.Asked();
                });
        }
        finally
        {
            tally.Took = time.GetElapsedTime(started);
        }
    }
}
