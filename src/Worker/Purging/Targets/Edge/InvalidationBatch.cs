using System.Security.Cryptography;
using System.Text;

namespace Understudy.Purging.Targets.Edge;

/// <summary>What goes into one invalidation.</summary>
/// <param name="Subjects">How many, in the order in which they were given.</param>
/// <param name="CallerReference">
/// The same paths for the same attempts have the same one, and CloudFront answers with the invalidation that it made then: a repetition costs nothing.
/// </param>
internal sealed record InvalidationBatch(int Subjects, IReadOnlyList<string> Paths, string CallerReference)
{
    public static IReadOnlyList<InvalidationBatch> Of(IReadOnlyList<PurgeSubject> subjects, CloudFrontOptions options)
    {
        var batches = new List<InvalidationBatch>();
        var (members, paths) = (new List<PurgeSubject>(), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var subject in subjects)
        {
            var more = new SortedSet<string>(paths.Concat(InvalidationPath.Of(options.Paths, subject)), StringComparer.Ordinal);
            if (members.Count > 0 && (more.Count > options.MostPaths || more.Count(InvalidationPath.IsWildcard) > options.MostWildcards))
            {
                batches.Add(Made(members, paths));
                (members, more) = ([], new(InvalidationPath.Of(options.Paths, subject), StringComparer.Ordinal));
            }

            members.Add(subject);
            paths = more;
        }

        if (members.Count > 0)
            batches.Add(Made(members, paths));
        return batches;
    }

    private static InvalidationBatch Made(List<PurgeSubject> members, IReadOnlyCollection<string> paths)
    {
        var text = string.Join('\n', paths.Concat(members.Select(m => m.Attempt).Order(StringComparer.Ordinal)));
        return new(members.Count, [.. paths], $"understudy-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}");
    }
}
