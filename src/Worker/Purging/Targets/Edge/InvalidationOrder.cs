using System.Security.Cryptography;
using System.Text;
using Understudy.Contracts;

namespace Understudy.Purging.Targets.Edge;

/// <summary>What is invalidated together: some subjects, and the paths that stand for them, in as many invalidations as AWS's limits make of them.</summary>
/// <param name="Members">Places of the subjects in the list that was given.</param>
internal sealed record InvalidationOrder(IReadOnlyList<int> Members, IReadOnlyList<InvalidationBatch> Batches)
{
    /// <remarks>
    /// As few as possible. Where a space has so many subjects that it takes fewer paths to name the whole space, it is named: what else is in it is fetched
    /// once more by the edges.
    /// </remarks>
    public static IReadOnlyList<InvalidationOrder> Of(IReadOnlyList<PurgeSubject> subjects, CloudFrontOptions options)
    {
        var orders = new List<InvalidationOrder>();
        var rest = new List<int>();
        foreach (var space in Enumerable.Range(0, subjects.Count).GroupBy(i => (subjects[i].Id.Customer, subjects[i].Id.Space, subjects[i].CustomerName)))
        {
            var members = space.ToList();
            if (members.Count >= options.WidenFrom && InvalidationPath.OfSpace(options.Paths, subjects[members[0]]) is { } wide)
                orders.Add(Made(subjects, members, wide, options));
            else
                rest.AddRange(members);
        }

        var (some, paths) = (new List<int>(), new List<string>());
        foreach (var i in rest)
        {
            var own = InvalidationPath.Of(options.Paths, subjects[i]).Distinct().ToList();
            if (some.Count > 0 && !InvalidationBatch.Fits([.. paths, .. own], options))
            {
                orders.Add(Made(subjects, some, paths, options));
                (some, paths) = ([], []);
            }

            some.Add(i);
            paths.AddRange(own);
        }

        if (some.Count > 0)
            orders.Add(Made(subjects, some, paths, options));
        return orders;
    }

    private static InvalidationOrder Made(IReadOnlyList<PurgeSubject> subjects, List<int> members, IEnumerable<string> paths, CloudFrontOptions options) =>
        new(members, InvalidationBatch.Of(paths, [.. members.Select(m => subjects[m].Attempt)], options));
}

/// <summary>One invalidation.</summary>
/// <param name="CallerReference">
/// The same paths for the same attempts have the same one, and CloudFront answers with the invalidation that it made then: a repetition costs nothing.
/// </param>
internal sealed record InvalidationBatch(IReadOnlyList<string> Paths, string CallerReference)
{
    public static bool Fits(IReadOnlyCollection<string> paths, CloudFrontOptions options) =>
        paths.Count <= options.MostPaths && paths.Count(InvalidationPath.IsWildcard) <= options.MostWildcards;

    public static IReadOnlyList<InvalidationBatch> Of(IEnumerable<string> paths, IReadOnlyList<string> attempts, CloudFrontOptions options)
    {
        var batches = new List<InvalidationBatch>();
        var some = new List<string>();
        foreach (var path in paths.Distinct().Order(StringComparer.Ordinal))
        {
            if (!Fits([.. some, path], options))
            {
                batches.Add(Made(some, attempts));
                some = [];
            }

            some.Add(path);
        }

        batches.Add(Made(some, attempts));
        return batches;
    }

    private static InvalidationBatch Made(List<string> paths, IReadOnlyList<string> attempts)
    {
        var text = string.Join('\n', paths.Concat(attempts.Order(StringComparer.Ordinal)));
        return new(paths, $"understudy-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}");
    }
}
