using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;

namespace Understudy.Cantaloupe;

/// <summary>Section <c>Cantaloupe</c>: the image servers that read the store, and those that read the sources. Other IIIF servers can be warmed as well.</summary>
internal sealed class CantaloupeOptions : ICheckedOptions
{
    public const string Section = "Cantaloupe";

    /// <summary>The tile cluster: reads the store.</summary>
    public ClusterOptions Tiles { get; set; } = new() { IdentifierTemplate = "%2F{path}" };

    /// <summary>Answers whole-image requests straight from the sources: DLCS's special server. May be left out: the tile cluster gets them then.</summary>
    public ClusterOptions Full { get; set; } = new() { IdentifierTemplate = "{source}" };

    /// <summary>
    /// How long after its purge a node may still finish what it had begun, 0 to 10 minutes: longer than the slowest tile takes. Shorter: such a tile, of the old
    /// bytes, may come back into the cache unseen. Longer: each refresh takes that much longer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<BrokenRule> Check() =>
        Tiles.Check().Select(r => r with { Key = $"{nameof(Tiles)}:{r.Key}" })
            .Concat(Full.Check().Select(r => r with { Key = $"{nameof(Full)}:{r.Key}" }));
}

/// <summary>Image servers that answer alike.</summary>
internal sealed class ClusterOptions
{
    /// <summary>
    /// Each node's own address, as <c>http://10.0.0.11:8182</c>; never the load balancer's, behind which nobody knows which node
    /// was asked.
    /// </summary>
    public List<string> Nodes { get; set; } = [];

    /// <summary>
    /// How an asset is called there, as it stands in the URL, with <c>%2F</c> for its slashes. <c>{path}</c>: the copy's path in the
    /// store; <c>{source}</c>: the source's URI; <c>{customer}</c>, <c>{space}</c>, <c>{image-dir}</c>, <c>{image}</c> as in DLCS's
    /// templates. Servers keep caches by it: DLCS's tile identifiers begin with a slash.
    /// </summary>
    public string IdentifierTemplate { get; set; } = "";

    /// <summary>What stands between a node's address and the identifier; <c>{version}</c> is 2 or 3.</summary>
    public string VersionPath { get; set; } = "/iiif/{version}/";

    /// <summary>
    /// Whether all nodes share one cache of images (S3Cache, RedisCache, a folder on the NAS). If so, each image is asked for once, at
    /// one node; else once a node, or the others would stay cold.
    /// </summary>
    public bool SharedCache { get; set; }

    /// <summary>
    /// Whether the decoder leaves out detail for sizes written <c>w,h</c> as well, as Kakadu does. OpenJPEG and Grok decode the whole
    /// region then, which for an overview of a large image takes seconds and a gigabyte.
    /// </summary>
    public bool ReducesExactSizes { get; set; }

    /// <summary>
    /// Where the nodes that are purged come from, if not from <see cref="Nodes"/>: <c>dns:http://cantaloupe.local:8182</c>, each of whose
    /// addresses is a node, or <c>file:/etc/understudy/tile-nodes</c> with an address a line. Looked at every 30 s; what was good last stands until
    /// there is something good again. Warming asks <see cref="Nodes"/>.
    /// </summary>
    public string? NodesFrom { get; set; }

    /// <summary>
    /// Whether nodes are purged by Cantaloupe's tasks (<c>endpoint.api.enabled</c>). Servers without them are emptied by something else, such as a
    /// webhook; that they show nothing old is looked at all the same.
    /// </summary>
    public bool HasTasks { get; set; } = true;

    /// <summary>The nodes' <c>endpoint.api.username</c>. Without a colon: Cantaloupe takes user and secret apart at each.</summary>
    public string? ApiUser { get; set; }

    /// <summary>The nodes' <c>endpoint.api.secret</c>, without a colon.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>
    /// How long a node may take for the tasks of one purge, 1 s to 10 minutes. A node does one task after the other; too short a time has it told
    /// again what it is about to do, too long a one keeps a slow node's purges from being tried anew.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TaskTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What stands between a node's address and the identifier.</summary>
    public string PathOf(int version) => VersionPath.Replace("{version}", version == 2 ? "2" : "3", StringComparison.Ordinal);

    public bool IsConfigured => Nodes.Count > 0;

    public IEnumerable<BrokenRule> Check()
    {
        for (var i = 0; i < Nodes.Count; i++)
        {
            if (!NodeAddress.IsOne(Nodes[i]))
                yield return new($"{nameof(Nodes)}:{i}", "must be a node's address, such as http://10.0.0.11:8182");
        }

        if (Nodes.Distinct(StringComparer.OrdinalIgnoreCase).Count() < Nodes.Count)
            yield return new(nameof(Nodes), "must not name a node twice");
        if (NodesFrom is not null && NodeSource.FaultOf(NodesFrom) is { } wrong)
            yield return new(nameof(NodesFrom), wrong);
        if (string.IsNullOrEmpty(ApiUser) != string.IsNullOrEmpty(ApiSecret))
            yield return new(ApiUser is null ? nameof(ApiUser) : nameof(ApiSecret), "must be set where the other of ApiUser and ApiSecret is");
        if (ApiUser?.Contains(':', StringComparison.Ordinal) == true)
            yield return new(nameof(ApiUser), "must not have a colon: Cantaloupe would never let it in");
        if (ApiSecret?.Contains(':', StringComparison.Ordinal) == true)
            yield return new(nameof(ApiSecret), "must not have a colon: Cantaloupe would never let it in");
        if (Cantaloupe.IdentifierTemplate.FaultOf(IdentifierTemplate) is { } fault)
            yield return new(nameof(IdentifierTemplate), fault);
        if (!VersionPath.StartsWith('/') || !VersionPath.EndsWith('/'))
            yield return new(nameof(VersionPath), "must begin and end with a slash, as /iiif/{version}/");
    }
}
