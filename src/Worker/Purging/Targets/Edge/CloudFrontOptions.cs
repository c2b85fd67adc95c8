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
    /// From how many assets of one space on, purged together, the space's paths are invalidated instead of theirs, 2 to 1,000,000. Lower: the edges fetch more
    /// again than they have to. Higher: a purge of many waits for AWS's limits, with the default paths for some 15 s an asset.
    /// </summary>
    [Range(2, 1_000_000)]
    public int WidenFrom { get; set; } = 20;

    /// <summary>Whether an asset counts as purged only once CloudFront has carried out its invalidation; else when it was accepted, while edges may still serve what is old.</summary>
    public bool WaitUntilCompleted { get; set; } = true;

    public IEnumerable<BrokenRule> Check()
    {
        if (DistributionId is null)
            yield break;
        if (Paths.Length == 0)
            yield return new(nameof(Paths), "must name at least one path");
        foreach (var (path, i) in Paths.Select((p, i) => (p, i)))
        {
            if (VarnishOptions.PathFault(path) is { } fault)
                yield return new($"{nameof(Paths)}:{i}", fault);
        }
    }
}
