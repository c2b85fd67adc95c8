using System.ComponentModel.DataAnnotations;

namespace Understudy.Warming.Flow;

/// <summary>How hard warming may press the image servers: all workers together, each has an equal share.</summary>
internal sealed class WarmingFlowOptions
{
    /// <summary>
    /// Requests under way at each node at most, 1 to 256; fewer where its answers become slow. Lower: warming takes longer.
    /// Higher: more of the server's threads are taken before the slowing down shows.
    /// </summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 2;

    /// <summary>
    /// Pixels that the requests under way at a node may make it decode, 1 Mi to 1 Ti; one larger request goes alone. 64 Mi pixels
    /// are 8192 × 8192, and about 750 MB of a decoder that can't reduce. Lower: large overviews go one by one. Higher: memory.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long PixelsInFlight { get; set; } = 64L << 20;

    /// <summary>Requests under way at all nodes together, 1 to 4096. None: each node's own limit is all.</summary>
    [Range(1, 4096)]
    public int? ClusterConcurrency { get; set; }

    /// <summary>Pixels under way at all nodes together, 1 Mi to 1 Ti. None: each node's own limit is all. For nodes that share a machine.</summary>
    [Range(1L << 20, 1L << 40)]
    public long? ClusterPixelsInFlight { get; set; }

    /// <summary>
    /// After this a request counts as one that the server was too busy for, 1 s to 10 minutes. Too short, and an overview of a large
    /// image is never warmed, though the server goes on decoding it; too long, and a hung request holds its place.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
