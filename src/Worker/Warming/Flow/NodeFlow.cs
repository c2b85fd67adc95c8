namespace Understudy.Warming.Flow;

/// <summary>One node of a cluster of image servers, and who may ask it when. Thread-safe.</summary>
internal sealed class NodeFlow
{
    private readonly ClusterFlow _cluster;

    internal NodeFlow(ClusterFlow cluster, string name, NodeState state) => (_cluster, Name, State) = (cluster, name, state);

    public string Name { get; }

    /// <summary>When a paused node may be asked again, as a clock's time; null: now.</summary>
    public DateTimeOffset? PausedUntil => _cluster.PausedUntil(this);

    public bool IsPaused => PausedUntil is not null;

    public int InFlight => _cluster.Read(this, n => n.State.Requests);

    public long PixelsInFlight => _cluster.Read(this, n => n.State.Pixels);

    /// <summary>How many at once are permitted now; below 1: one at a time, with rests between.</summary>
    public double Permitted => _cluster.Read(this, n => n.State.Permitted);

    public int Queued => _cluster.Read(this, n => n.Line.Count);

    public long Pauses => _cluster.Read(this, n => n.State.Pauses);

    /// <param name="pixels">What the node may have to decode: the area of the region at full resolution. 0 for an info.json.</param>
    /// <param name="lane">The lower the more urgent.</param>
    /// <param name="cancel">Leaves the queue. A turn granted at the same moment is still the caller's to give back.</param>
    /// <returns>null where the node is paused, or became so meanwhile: come back at <see cref="PausedUntil"/>.</returns>
    public ValueTask<Turn?> EnterAsync(long pixels, int lane, CancellationToken cancel) => _cluster.EnterAsync(this, pixels, lane, cancel);

    // The cluster's, under its lock.
    internal NodeState State { get; }
    internal WaitingLine Line { get; } = new();
}
