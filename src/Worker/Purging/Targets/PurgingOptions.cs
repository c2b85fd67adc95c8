using Understudy.Copying.Sources;
using Understudy.Hosting.Configuration;
using Understudy.Purging.Targets.Edge;
using Understudy.Purging.Targets.Webhooks;

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
