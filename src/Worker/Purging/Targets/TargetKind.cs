namespace Understudy.Purging.Targets;

/// <summary>What a target is, in the order in which caches feed one another: nodes, then what was made of their answers, then the edge.</summary>
internal enum TargetKind : short
{
    TileNode = 0,
    FullNode = 1,
    /// <summary>Whatever purges the nodes in their own way, where they take no purge over HTTP.</summary>
    NodeHook = 2,
    InfoJsonStore = 3,
    Varnish = 4,
    CloudFront = 5,
    Webhook = 6,
}
