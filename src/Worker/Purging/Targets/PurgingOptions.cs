using System.ComponentModel.DataAnnotations;
using Understudy.Copying.Sources;
using Understudy.Hosting.Configuration;
using Understudy.Purging.Targets.Edge;

namespace Understudy.Purging.Targets;

/// <summary>Section <c>Purging</c>: the caches behind and in front of the image servers, which are in section <c>Cantaloupe</c>.</summary>
internal sealed class PurgingOptions : ICheckedOptions
{
    public const string Section = "Purging";

    /// <summary>
    /// Where DLCS keeps info.json: the prefix of an asset's, which is deleted whole. <c>s3://dlcs-storage/{customer}/{space}/{asset}/info/</c>. None: nothing is.
    /// </summary>
    public string? InfoJsonStore { get; set; }

    public VarnishOptions[] Varnish { get; set; } = [];

    public CloudFrontOptions CloudFront { get; set; } = new();

    /// <summary>Anything else that should know, such as orchestrators that remember copies.</summary>
    public WebhookOptions[] Webhooks { get; set; } = [];

    public bool HasAny => InfoJsonStore is not null || Varnish.Length > 0 || CloudFront.DistributionId is not null || Webhooks.Length > 0;

    public IEnumerable<BrokenRule> Check()
    {
        if (InfoJsonStore is not null && FaultOfStore(InfoJsonStore) is { } fault)
            yield return new(nameof(InfoJsonStore), fault);
        if (Varnish.GroupBy(v => v.Url.TrimEnd('/'), StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { Key: var address })
            yield return new(nameof(Varnish), $"must name each Varnish once; '{address}' is there twice");
        if (Webhooks.GroupBy(w => w.Name).FirstOrDefault(g => g.Count() > 1) is { Key: var name })
            yield return new(nameof(Webhooks), $"must name each webhook once; '{name}' is there twice");
    }

    private static string? FaultOfStore(string template) =>
        !template.EndsWith('/') ? "must end with a slash, or it would be a prefix of other assets' objects as well"
        : IdTemplate.FaultOf(template) is { } fault ? fault
        : SourceUri.Parse(template, out _) is SourceUri.S3 { Key.Length: > 0 } ? null
        : "must be s3://bucket/key/, with the id's parts in the key only";
}

internal enum VarnishMode
{
    /// <summary><c>BAN /{customer}/{space}/{asset}</c>, with the id as a header too: what DLCS's VCL understands.</summary>
    Ban,

    /// <summary><c>PURGE</c> of each of <see cref="VarnishOptions.Paths"/>: what most VCLs understand. Reaches no tiles, whose URLs nobody knows.</summary>
    Purge,

    /// <summary><c>PURGE /</c> with the ids in a header, for vmod_xkey: many at once.</summary>
    XKey,
}

/// <summary>One Varnish of <see cref="PurgingOptions"/>; it must let the worker's address in (its <c>acl</c>).</summary>
internal sealed class VarnishOptions : ICheckedOptions
{
    /// <summary>Its own address, as <c>http://10.0.0.20:6081</c>; never a load balancer's.</summary>
    [Required]
    public string Url { get; set; } = "";

    public VarnishMode Mode { get; set; }

    /// <summary>The header that says which assets: <c>x-asset-id</c> for bans, <c>xkey-purge</c> for keys, if not set.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,100}$")]
    public string? Header { get; set; }

    /// <summary>Whose PURGE it is, where the VCL looks at it: sent as <c>Host</c>. None: that of <see cref="Url"/>.</summary>
    public string? Host { get; set; }

    /// <summary>What is purged with <see cref="VarnishMode.Purge"/>, with <c>{id}</c> or its parts.</summary>
    public string[] Paths { get; set; } = ["/iiif-img/{id}/info.json", "/iiif-img/v2/{id}/info.json", "/iiif-img/v3/{id}/info.json"];

    /// <summary>How long it may take to answer, 1 s to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public string HeaderInUse => Header ?? (Mode == VarnishMode.XKey ? "xkey-purge" : "x-asset-id");

    public IEnumerable<BrokenRule> Check()
    {
        if (!WebAddress.IsOne(Url))
            yield return new(nameof(Url), "must be an address such as http://10.0.0.20:6081");
        if (Mode == VarnishMode.Purge && Paths.Length == 0)
            yield return new(nameof(Paths), "must name at least one path with Mode Purge");
        foreach (var (path, i) in Paths.Select((p, i) => (p, i)))
        {
            if (PathFault(path) is { } fault)
                yield return new($"{nameof(Paths)}:{i}", fault);
        }
    }

    internal static string? PathFault(string path) => path.StartsWith('/') ? IdTemplate.FaultOf(path) : "must begin with a slash";
}

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

/// <summary>One receiver of <see cref="PurgingOptions"/>.</summary>
internal sealed class WebhookOptions : ICheckedOptions
{
    /// <summary>As it stands in the catalogue and the API: another name is another target.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]{1,64}$")]
    public string Name { get; set; } = "";

    [Required]
    public string Url { get; set; } = "";

    /// <summary>What messages are signed with; receivers can't tell forged ones without. At least 16 characters.</summary>
    [MinLength(16)]
    public string? Secret { get; set; }

    /// <summary>
    /// It is what purges the image servers (IIPImage by a signal, say): told whenever they are, and again when one is seen to show what is old. Else it is told
    /// once, at the very end.
    /// </summary>
    public bool PurgesNodes { get; set; }

    /// <summary>How long it may take to answer, 1 s to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<BrokenRule> Check()
    {
        if (!WebAddress.IsOne(Url, allowQuery: true))
            yield return new(nameof(Url), "must be an address such as https://host/purged");
    }
}

internal static class WebAddress
{
    public static bool IsOne(string text, bool allowQuery = false) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.UserInfo.Length + uri.Fragment.Length + (allowQuery ? 0 : uri.Query.Length) == 0;

    /// <summary>To the letter: dots and what is encoded are part of what is cached.</summary>
    public static Uri Verbatim(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
