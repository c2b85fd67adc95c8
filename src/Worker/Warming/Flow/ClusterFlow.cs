namespace Understudy.Warming.Flow;

/// <summary>
/// Who may ask which node of a cluster next. What is under way at a node, and at all nodes together, is limited in requests
/// and in pixels; how many requests a node may have follows from how it answers (<see cref="NodeState"/>). Thread-safe.
/// </summary>
/// <remarks>
/// Invariants, at every moment that the lock is free: the limits hold, but for one request larger than a limit, which is alone;
/// nobody waits who could have a turn, or the timer is set for when he can; nobody waits at a paused node.
/// Order: the lower lane first, then first come first served; but every 16th turn of a node, and of all nodes together, goes
/// to whoever waits longest.
/// Only at its own node somebody is in the way of those behind him, unless it is the cluster's room that he waits for: then
/// nobody behind him may take it, or small requests would keep a large one out for ever.
/// </remarks>
internal sealed class ClusterFlow : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Random _random;
    private readonly Room _room;
    private readonly NodeFlow[] _nodes;
    private readonly ITimer _timer;

    private long _arrivals;
    private int _sinceOldest;

    /// <param name="nodes">Their names, as metrics show them.</param>
    public ClusterFlow(WarmingFlowOptions options, IEnumerable<string> nodes, TimeProvider time, Random? random = null)
    {
        (_time, _origin, _random) = (time, time.GetTimestamp(), random ?? Random.Shared);
        _room = new Room(options.ClusterConcurrency ?? int.MaxValue, options.ClusterPixelsInFlight ?? long.MaxValue);
        _nodes = [.. nodes.Select(n => new NodeFlow(this, n, new NodeState(options)))];
        _timer = time.CreateTimer(static self => ((ClusterFlow)self!).Rested(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<NodeFlow> Nodes => _nodes;

    /// <summary>The limits are for all workers together.</summary>
    public void ShareWith(int workers)
    {
        lock (_lock)
        {
            _room.Sharers = workers;
            foreach (var node in _nodes)
                node.State.ShareWith(workers);
            GrantAll();
        }
    }

    public void Dispose() => _timer.Dispose();

    internal ValueTask<Turn?> EnterAsync(NodeFlow node, long pixels, int lane, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pixels);
        if (cancel.IsCancellationRequested)
            return ValueTask.FromCanceled<Turn?>(cancel);

        Waiter waiter;
        lock (_lock)
        {
            if (node.State.PausedUntil(Now) is not null)
                return new ValueTask<Turn?>((Turn?)null);
            waiter = new Waiter(node, pixels, lane, _arrivals++);
            node.Line.Add(waiter);
            GrantAll();
        }

        if (cancel.CanBeCanceled)
            LeaveWhenCancelled(waiter, cancel);
        return new ValueTask<Turn?>(waiter.Task);
    }

    internal void Leave(Turn turn, in TurnReport report)
    {
        lock (_lock)
        {
            var (node, now) = (turn.Node, Now);
            _room.Leave(turn.Pixels);
            node.State.Finished(turn.Pixels, turn.IsProbe, report, turn.Started, now, _random.NextDouble());
            while (node.State.PausedUntil(now) is not null && node.Line.Next is { } waiter)
            {
                node.Line.Remove(waiter);
                End(waiter, null);
            }

            GrantAll();
        }
    }

    internal DateTimeOffset? PausedUntil(NodeFlow node)
    {
        lock (_lock)
            return node.State.PausedUntil(Now) is { } until ? _time.GetUtcNow() + (until - Now) : null;
    }

    internal T Read<T>(NodeFlow node, Func<NodeFlow, T> what)
    {
        lock (_lock)
            return what(node);
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    private void LeaveWhenCancelled(Waiter waiter, CancellationToken cancel)
    {
        var registration = cancel.UnsafeRegister((_, token) => GiveUp(waiter, token), null);
        lock (_lock)
        {
            if (waiter.Place is not null)
            {
                waiter.Cancellation = registration;
                return;
            }
        }

        registration.Unregister();
    }

    private void GiveUp(Waiter waiter, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (waiter.Place is null)
                return;
            waiter.Node.Line.Remove(waiter);
            // Those behind may fit where this one did not.
            GrantAll();
        }

        waiter.SetCanceled(cancel);
    }

    private void Rested()
    {
        lock (_lock)
            GrantAll();
    }

    private void GrantAll()
    {
        var now = Now;
        while (Next(now) is { } waiter)
        {
            _sinceOldest = (_sinceOldest + 1) % WaitingLine.OldestEvery;
            _room.Enter(waiter.Pixels);
            var probe = waiter.Node.State.Start(waiter.Pixels);
            waiter.Node.Line.HadItsTurn(waiter);
            End(waiter, new Turn(this, waiter.Node, waiter.Pixels, probe, now));
        }

        SetTimer(now);
    }

    private Waiter? Next(TimeSpan now)
    {
        var oldest = _sinceOldest == WaitingLine.OldestEvery - 1;
        Waiter? next = null;
        foreach (var node in _nodes)
        {
            if (node.Line.Next is { } waiter && node.State.MayStart(waiter.Pixels, now)
                && (next is null || (oldest ? waiter.Arrival < next.Arrival : waiter.IsBefore(next))))
                next = waiter;
        }

        return next is not null && _room.Has(next.Pixels) ? next : null;
    }

    private static void End(Waiter waiter, Turn? turn)
    {
        // Not Dispose: it would wait for a cancellation under way, which waits for this lock.
        waiter.Cancellation.Unregister();
        waiter.SetResult(turn);
    }

    private void SetTimer(TimeSpan now)
    {
        var rests = _nodes.Where(n => n.Line.Count > 0 && n.State.RestsUntil > now).Select(n => n.State.RestsUntil - now).DefaultIfEmpty().Min();
        // Up, and by a millisecond at least: a timer that is early by a fraction would come again and again.
        if (rests > TimeSpan.Zero)
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(rests.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }
}
