using Understudy.Contracts;

namespace Understudy.Copying.Flow;

/// <summary>
/// Who may fetch next. One slot is one ranged GET; as many are out as <see cref="ConcurrencyLimit"/> finds good. Thread-safe.
/// </summary>
/// <remarks>
/// Invariants, at every moment that the lock is free:
/// no slot out for another lane than <c>waiting</c> was granted beyond the limit, and none at all beyond limit + reserve, but for
/// the reserve itself: lane waiting has it also when the limit has shrunk below what is out, for that may hang for minutes;
/// whoever could be granted a slot has one (so an event wakes exactly those whom it lets in, and no wake-up can be lost);
/// a slot is in one queue, or out, or given back.
/// Order: the lower lane first; within it <see cref="FairQueue"/>; but every 16th grant goes to the one that queued longest.
/// </remarks>
internal sealed class FetchGate
{
    // Strict order is wanted between lanes, starvation is not: see the test that floods lane waiting.
    private const int OldestEvery = 16;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ConcurrencyLimit _limit;
    private readonly int _reserve;
    private readonly FairQueue[] _lanes = [.. Enum.GetValues<Lane>().Select(_ => new FairQueue())];

    private long _arrivals;
    private int _queued;
    private int _inFlight;
    private int _ordinaryInFlight;
    private int _sinceOldest;

    public FetchGate(FlowOptions options, TimeProvider time)
    {
        (_time, _origin) = (time, time.GetTimestamp());
        (_limit, _reserve) = (new ConcurrencyLimit(options), options.WaitingReserve);
    }

    public int Limit
    {
        get { lock (_lock) return _limit.Current; }
    }

    public int InFlight
    {
        get { lock (_lock) return _inFlight; }
    }

    public int Queued(Lane lane)
    {
        lock (_lock)
            return _lanes[(int)lane].Count;
    }

    /// <param name="ticket">Whose fetch it is.</param>
    /// <param name="bytes">How much it will ask for; what fairness between customers is counted in.</param>
    /// <param name="cancel">Leaves the queue. A slot granted at the same moment is still the caller's to give back.</param>
    public ValueTask<FetchSlot> EnterAsync(FlowTicket ticket, long bytes, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return ValueTask.FromCanceled<FetchSlot>(cancel);

        ticket.BindTo(this);
        FetchSlot slot;
        lock (_lock)
        {
            var lane = ticket.Lane;
            slot = new FetchSlot(this, ticket, bytes, _arrivals++);
            if (_queued == 0 && HasRoom(lane))
            {
                Admit(slot, lane);
                return new ValueTask<FetchSlot>(slot);
            }

            // Also where there is room for it: a grant past others that queue has to be counted.
            _lanes[(int)lane].Add(slot);
            _queued++;
            GrantAll();
        }

        return slot.WaitAsync(cancel);
    }

    internal void Leave(FetchSlot slot, TimeSpan firstByte, long bytes, FetchOutcome outcome)
    {
        lock (_lock)
        {
            _limit.Finished(new FetchSample(slot.Started, Now, firstByte, bytes, _inFlight, outcome));
            _inFlight--;
            if (!slot.IsWaiting)
                _ordinaryInFlight--;
            GrantAll();
        }
    }

    /// <returns>false when it was granted meanwhile.</returns>
    internal bool TryRemove(FetchSlot slot)
    {
        lock (_lock)
        {
            if (slot.Queue is not { } queue)
                return false;
            queue.Remove(slot);
            _queued--;
            return true;
        }
    }

    /// <summary>Moves the ticket's queued fetches to the lane that it has now.</summary>
    internal void Refile(FlowTicket ticket)
    {
        lock (_lock)
        {
            var lane = _lanes[(int)ticket.Lane];
            List<FetchSlot>? moved = null;
            foreach (var queue in _lanes)
            {
                if (queue != lane)
                    queue.CollectOf(ticket, ref moved);
            }

            foreach (var slot in moved ?? [])
            {
                slot.Queue!.Remove(slot);
                lane.Add(slot);
            }

            GrantAll();
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    private bool HasRoom(Lane lane) =>
        _inFlight < _limit.Current || lane == Lane.Waiting && (_inFlight < _limit.Current + _reserve || _inFlight - _ordinaryInFlight < _reserve);

    private void GrantAll()
    {
        while (_queued > 0 && Next() is var (slot, lane))
        {
            _queued--;
            _sinceOldest++;
            Admit(slot, lane);
            slot.Grant();
        }
    }

    private (FetchSlot Slot, Lane Lane)? Next()
    {
        if (_sinceOldest >= OldestEvery - 1 && OldestMayGo())
        {
            _sinceOldest = -1;
            var oldest = _lanes.Select(l => l.Oldest()).OfType<FetchSlot>().MinBy(s => s.Sequence)!;
            return (oldest.Queue!.Take(oldest), oldest.Ticket.Lane);
        }

        for (var lane = Lane.Waiting; (int)lane < _lanes.Length && HasRoom(lane); lane++)
        {
            if (_lanes[(int)lane].Count > 0)
                return (_lanes[(int)lane].Take(), lane);
        }

        return null;
    }

    // A flood of lane waiting can keep even the reserve full. The oldest then takes one place of the reserve, and
    // lane waiting has more than the reserve out, so it keeps a place that was not its own.
    private bool OldestMayGo() =>
        _inFlight < _limit.Current + _reserve && _ordinaryInFlight < _limit.Current;

    private void Admit(FetchSlot slot, Lane lane)
    {
        slot.Started = Now;
        slot.IsWaiting = lane == Lane.Waiting;
        _inFlight++;
        if (!slot.IsWaiting)
            _ordinaryInFlight++;
    }
}
