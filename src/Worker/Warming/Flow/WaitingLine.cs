namespace Understudy.Warming.Flow;

/// <summary>
/// Who wants a request at one node: the more urgent lane first, first come first served within a lane, but every 16th time
/// whoever waits longest. Not thread-safe.
/// </summary>
internal sealed class WaitingLine
{
    // Strict order is wanted between lanes, starvation is not.
    public const int OldestEvery = 16;

    private readonly SortedDictionary<int, LinkedList<Waiter>> _lanes = [];

    private int _sinceOldest;

    public int Count { get; private set; }

    /// <summary>Whose turn it is; nobody here may go before.</summary>
    public Waiter? Next =>
        _lanes.Count == 0 ? null
        : _sinceOldest == OldestEvery - 1 ? _lanes.Values.Select(l => l.First!.Value).MinBy(w => w.Arrival)
        : _lanes.First().Value.First!.Value;

    public void Add(Waiter waiter)
    {
        if (!_lanes.TryGetValue(waiter.Lane, out var lane))
            _lanes.Add(waiter.Lane, lane = new LinkedList<Waiter>());
        waiter.Place = lane.AddLast(waiter);
        Count++;
    }

    public void HadItsTurn(Waiter waiter)
    {
        _sinceOldest = (_sinceOldest + 1) % OldestEvery;
        Remove(waiter);
    }

    public void Remove(Waiter waiter)
    {
        var lane = waiter.Place!.List!;
        lane.Remove(waiter.Place);
        waiter.Place = null;
        Count--;
        if (lane.Count == 0)
            _lanes.Remove(waiter.Lane);
    }
}
