namespace Understudy.Warming.Flow;

/// <summary>
/// The right to have one request under way at a node, given back exactly once: by <see cref="Finished"/>, or by
/// <see cref="Dispose"/>, which then counts as cancelled.
/// </summary>
internal sealed class Turn : IDisposable
{
    private readonly ClusterFlow _cluster;
    private int _finished;

    internal Turn(ClusterFlow cluster, NodeFlow node, long pixels, bool probe, TimeSpan started) =>
        (_cluster, Node, Pixels, IsProbe, Started) = (cluster, node, pixels, probe, started);

    public NodeFlow Node { get; }

    public long Pixels { get; }

    internal bool IsProbe { get; }

    internal TimeSpan Started { get; }

    /// <summary>Ends the request and says how it went. A second call does nothing.</summary>
    public void Finished(in TurnReport report)
    {
        if (Interlocked.Exchange(ref _finished, 1) == 0)
            _cluster.Leave(this, report);
    }

    public void Dispose() => Finished(new TurnReport(AnswerKind.Cancelled, TimeSpan.Zero));
}
