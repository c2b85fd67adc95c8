namespace Understudy.Purging.Targets;

/// <summary>What a target is, in the order in which caches feed one another: nodes, then what was made of their answers, then the edge.</summary>
internal enum TargetKind : short
{
    TileNode = 0,
    FullNode = 1,
    InfoJsonStore = 2,
    Varnish = 3,
    CloudFront = 4,
    Webhook = 5,
}
