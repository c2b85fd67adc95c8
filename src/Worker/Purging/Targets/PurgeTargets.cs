using Understudy.Aws;
using Understudy.Cantaloupe;
using Understudy.Copying.Sources;
using Understudy.Purging.Targets.Edge;
using Understudy.Purging.Targets.Infos;
using Understudy.Purging.Targets.Nodes;
using Understudy.Purging.Targets.Webhooks;

namespace Understudy.Purging.Targets;

/// <summary>The directories of both clusters.</summary>
internal sealed class NodeDirectories(CantaloupeOptions cantaloupe)
{
    public NodeDirectory Tiles { get; } = new("tiles", NodeSource.Of(cantaloupe.Tiles));

    public NodeDirectory Full { get; } = new("full", NodeSource.Of(cantaloupe.Full));
}

/// <summary>All that is to be purged. The nodes among them come and go; what stays one stays the same object.</summary>
internal sealed class PurgeTargets(
    NodeDirectories directories, CantaloupeOptions cantaloupe, PurgingOptions purging, AwsOptions aws, AwsHttp awsHttp, S3Access s3, TargetHttp http, Inspection inspection, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, NodeTarget> _nodes = [];
    private readonly IReadOnlyList<IPurgeTarget> _others =
    [
        .. purging.InfoJsonStore is { } template ? [new InfoJsonStore(template, s3)] : Array.Empty<IPurgeTarget>(),
        .. purging.Varnish.Select(v => new VarnishTarget(v, http)),
        .. purging.CloudFront.DistributionId is null ? Array.Empty<IPurgeTarget>() : [new CloudFrontTarget(purging.CloudFront, new Invalidations(awsHttp, aws), time)],
        .. purging.Webhooks.Select(w => new WebhookTarget(w, http, time)),
    ];

    /// <summary>As of now, in the order of their kinds.</summary>
    public IReadOnlyList<IPurgeTarget> Current
    {
        get
        {
            lock (_lock)
                return [.. directories.Tiles.List.Nodes.Select(n => NodeOf(n, TargetKind.TileNode, cantaloupe.Tiles)), .. directories.Full.List.Nodes.Select(n => NodeOf(n, TargetKind.FullNode, cantaloupe.Full)), .. _others];
        }
    }

    /// <summary>
    /// Why it isn't known yet which nodes a cluster has; null: it is. Until then <see cref="Current"/> lacks them, and nothing may count as purged.
    /// </summary>
    public string? Unknown => new[] { directories.Tiles, directories.Full }.Where(d => !d.List.IsKnown).Select(d => $"the nodes of {d.Cluster} are not known: {d.List.Fault}").FirstOrDefault();

    private NodeTarget NodeOf(string node, TargetKind kind, ClusterOptions options)
    {
        var name = NodeTarget.NameOf(kind, node);
        return _nodes.TryGetValue(name, out var known) ? known : _nodes[name] = new NodeTarget(node, kind, options, http, inspection, time);
    }
}
