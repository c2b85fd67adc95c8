using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;

namespace Understudy.Purging.Targets.Edge;

/// <summary>A distribution of Amazon CloudFront; off unless <see cref="DistributionId"/> is set. Needs <c>cloudfront:CreateInvalidation</c> and <c>cloudfront:GetInvalidation</c>.</summary>
internal sealed class CloudFrontOptions : ICheckedOptions
{
    /// <summary>As <c>E1ABCDEF2GHIJK</c>.</summary>
    [RegularExpression("^[A-Z0-9]{1,64}$")]
    public string? DistributionId { get; set; }

    /// <summary>
    /// What is invalidated of an asset, once with the customer's number and, where it is known, once with the name. A <c>*</c> at the end stands for
    /// anything. The defaults are DLCS's own. CloudFront charges by the path, and one with a wildcard counts once.
    /// </summary>
    public string[] Paths { get; set; } =
    [
        "/iiif-img/{id}/*", "/iiif-img/v2/{id}/*", "/iiif-img/v3/{id}/*",
        "/thumbs/{id}/*", "/thumbs/v2/{id}/*", "/thumbs/v3/{id}/*",
        "/iiif-manifest/{id}", "/iiif-manifest/v2/{id}", "/iiif-manifest/v3/{id}",
        "/file/{id}", "/iiif-av/{id}/*",
    ];

    /// <summary>Paths in one invalidation, 1 to 3,000: AWS allows a distribution so many in progress. Fewer leave room for others who invalidate.</summary>
    [Range(1, 3000)]
    public int MostPaths { get; set; } = 3000;

    /// <summary>Paths with a wildcard in one invalidation, 1 to 1,000. AWS allows 15 in progress unless asked for more.</summary>
    [Range(1, 1000)]
    public int MostWildcards { get; set; } = 15;

    /// <summary>
    /// How long an invalidation is waited for until CloudFront has carried it out, 0 to 10 minutes; it is looked at again later where that was too short. 0: not
    /// at all, it counts as purged once it is accepted, while edges may still serve what is old.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan WaitTime { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<BrokenRule> Check()
    {
        if (DistributionId is null)
            yield break;
        if (Paths.Length == 0)
            yield return new(nameof(Paths), "must name at least one path");
        // Of one asset all go together, by number and by name.
        if (2 * Paths.Length > MostPaths)
            yield return new(nameof(MostPaths), $"must be at least {2 * Paths.Length}, which is what one asset needs with {Paths.Length} Paths");
        if (Paths.Count(InvalidationPath.IsWildcard) * 2 is var wildcards && wildcards > MostWildcards)
            yield return new(nameof(MostWildcards), $"must be at least {wildcards}, which is what one asset needs");
        foreach (var (path, i) in Paths.Select((p, i) => (p, i)))
        {
            if (VarnishOptions.PathFault(path) is { } fault)
                yield return new($"{nameof(Paths)}:{i}", fault);
        }
    }
}
