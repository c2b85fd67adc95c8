using System.Security.Cryptography;
using System.Text;
using Understudy.Plans;
using Understudy.Warming.Planning;

namespace Understudy.Warming;

/// <summary>All that is asked for an asset, and where. Pure: the same survey gives the same itinerary, to the letter.</summary>
internal sealed class Itinerary
{
    private Itinerary(IReadOnlyList<Route> routes)
    {
        Routes = routes;
        Requested = routes.Sum(r => r.Requests.Count);
        Fingerprint = Hash(routes);
    }

    public IReadOnlyList<Route> Routes { get; }

    public int Requested { get; }

    /// <summary>Two itineraries with the same one are the same: progress on one counts for the other.</summary>
    public string Fingerprint { get; }

    public static Itinerary Of(Attempt attempt, IReadOnlyList<Surveyed> survey, ImageServers servers, WarmingOptions options)
    {
        var pictures = Pictures(attempt, survey, servers, options).ToLookup(p => p.Cluster, p => p.Request);
        return new Itinerary([.. servers.All
            .Where(cluster => cluster == servers.Tiles || pictures[cluster].Any())
            .SelectMany(cluster => RoutesTo(cluster, [.. survey.Select(s => new WarmRequest.Info(Survey.Path(cluster, attempt, s.Version, s.Page), s.Copy))], [.. pictures[cluster]]))]);
    }

    /// <summary>info.json goes to each node, whose heap keeps it; pictures once a node as well, or once a cluster where the nodes share their cache.</summary>
    private static IEnumerable<Route> RoutesTo(WarmCluster cluster, IReadOnlyList<WarmRequest> infos, IReadOnlyList<WarmRequest> pictures)
    {
        var isShared = cluster.Cluster.SharedCache;
        foreach (var node in cluster.Nodes)
            yield return new Route(node.Name, [node], isShared ? infos : [.. infos, .. pictures]);
        if (isShared && pictures.Count > 0)
            yield return new Route(cluster.Cluster.Name, cluster.Nodes, pictures);
    }

    /// <summary>
    /// Top levels first, whichever version or profile they are of. What two of them ask for in other words but the server caches as one
    /// (v2's full and v3's max, and all that reads the same) is asked for once.
    /// </summary>
    private static IEnumerable<(WarmCluster Cluster, WarmRequest Request)> Pictures(Attempt attempt, IReadOnlyList<Surveyed> survey, ImageServers servers, WarmingOptions options)
    {
        var decoding = servers.All.ToDictionary(c => c, c => new Decoding(c.Cluster.ReducesExactSizes, attempt.Copy!.Facts?.Levels ?? 0));
        var seen = new HashSet<(WarmCluster Cluster, int Page, string Region, string Size, string Format)>();
        var wanted =
            from wish in ByLevel(survey, options)
            let cluster = wish.Request.Region == "full" ? servers.Full : servers.Tiles
            // The orchestrator before a cluster of its own for whole images rewrites their sizes.
            let request = cluster == servers.Tiles ? wish.Request : FullRequests.AsOrchestrated(wish.Request)
            where wish.Of.Image.Refusal(request) is null
            where seen.Add((cluster, wish.Of.Page, request.Region, request.Size is "full" ? "max" : request.Size, request.Format))
            select new { Cluster = cluster, wish.Of, Request = request, Pixels = decoding[cluster].Pixels(request) };
        return options.Budget.Take(wanted, w => w.Request.Level, w => w.Pixels)
            .Select(w => (w.Cluster, (WarmRequest)new WarmRequest.Picture(Survey.Path(w.Cluster, attempt, w.Of.Version, w.Of.Page), w.Request, w.Pixels)));
    }

    private static IEnumerable<(Surveyed Of, ImageRequest Request)> ByLevel(IReadOnlyList<Surveyed> survey, WarmingOptions options)
    {
        foreach (var of in survey)
        {
            foreach (var request in FullRequests.Of(of.Image, options.ThumbnailsOf(of.Image)))
                yield return (of, request);
        }

        // Pyramids may be huge, so nothing of them is computed that the budget doesn't reach.
        var plans = survey.SelectMany(of => options.Profiles.Select(p => (Of: of, Next: TilePlan.Of(of.Image, p).GetEnumerator()))).Where(p => p.Next.MoveNext()).ToList();
        while (plans.Count > 0)
        {
            var (of, next) = plans.MinBy(p => p.Next.Current.Level);
            yield return (of, next.Current);
            if (!next.MoveNext())
                plans.RemoveAll(p => p.Next == next);
        }
    }

    private static string Hash(IEnumerable<Route> routes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var route in routes)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{route.Key}\n"));
            foreach (var request in route.Requests)
                hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
