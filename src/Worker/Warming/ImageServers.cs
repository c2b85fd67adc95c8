using Understudy.Cantaloupe;
using Understudy.Hosting;
using Understudy.Warming.Flow;

namespace Understudy.Warming;

/// <summary>The clusters, and who may ask which of their nodes when.</summary>
internal sealed class ImageServers : IDisposable
{
    public ImageServers(CantaloupeOptions cantaloupe, WarmingOptions warming, TimeProvider time)
    {
        Tiles = new WarmCluster(new Cluster("tiles", cantaloupe.Tiles), warming.Flow, time);
        Full = cantaloupe.Full.IsConfigured ? new WarmCluster(new Cluster("full", cantaloupe.Full), warming.Flow, time) : Tiles;
        FlowMetrics.Observe(Telemetry.Meter, [.. All.SelectMany(c => c.Nodes)]);
    }

    public WarmCluster Tiles { get; }

    /// <summary>Who gets whole-image requests; the tile cluster where there is no other.</summary>
    public WarmCluster Full { get; }

    public IEnumerable<WarmCluster> All => Full == Tiles ? [Tiles] : [Tiles, Full];

    public void ShareWith(int workers)
    {
        foreach (var cluster in All)
            cluster.ShareWith(workers);
    }

    /// <summary>
    /// How many assets may be worked on; none while no node answers. More than the nodes are permitted, for an asset also takes its time in the
    /// catalogue, before and after its requests.
    /// </summary>
    public int Slots => Tiles.Nodes.Where(n => !n.IsPaused).Sum(n => 8 + 2 * (int)Math.Ceiling(n.Permitted));

    public void Dispose()
    {
        foreach (var cluster in All)
            cluster.Dispose();
    }
}

/// <summary>A cluster, with the flow towards each of its nodes.</summary>
internal sealed class WarmCluster(Cluster cluster, WarmingFlowOptions options, TimeProvider time) : IDisposable
{
    private readonly ClusterFlow _flow = new(options, cluster.Nodes, time);

    public Cluster Cluster => cluster;

    /// <summary>Their names are their addresses.</summary>
    public IReadOnlyList<NodeFlow> Nodes => _flow.Nodes;

    public void ShareWith(int workers) => _flow.ShareWith(workers);

    public void Dispose() => _flow.Dispose();
}
