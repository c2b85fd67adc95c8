namespace Understudy.Plans;

/// <summary>Tells the runner that a look at the queue is worth it.</summary>
internal sealed class Wake : IDisposable
{
    /// <summary>How long freed slots gather, so that one look takes plans for many of them.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    // Timers go by a coarse clock, and may fire a few milliseconds early; a look that comes too early finds nothing.
    private static readonly TimeSpan TimersErr = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly TimeProvider _time;
    private readonly ITimer _gathered;
    private readonly Dictionary<long, ITimer> _due = [];
    private int _freed;

    public Wake(TimeProvider time)
    {
        _time = time;
        _gathered = time.CreateTimer(_ => PlansAreDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _gathered.Dispose();
        lock (_due)
        {
            foreach (var timer in _due.Values)
                timer.Dispose();
        }

        _signal.Dispose();
    }

    /// <summary>Plans became due.</summary>
    public void PlansAreDue()
    {
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    /// <summary>A slot is free again: time for a look when a quarter of them is, or the first of them has waited for a while.</summary>
    public void SlotFreed(int slots)
    {
        var freed = Interlocked.Increment(ref _freed);
        if (freed >= slots / 4)
            PlansAreDue();
        else if (freed == 1)
            _gathered.Change(Gathering, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Plans are due after <paramref name="pause"/>; those of the same moment are one look.</summary>
    public void DueIn(TimeSpan pause)
    {
        var now = _time.GetElapsedTime(0);
        var moment = ((now + pause + TimersErr).Ticks / Gathering.Ticks) + 1;
        lock (_due)
        {
            if (!_due.ContainsKey(moment))
                _due[moment] = _time.CreateTimer(_ => Due(moment), null, (moment * Gathering) - now, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits for a signal, at most <paramref name="longest"/>: the poll that makes good for a lost notification.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            await _signal.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nothing was said: time for a look all the same.
        }

        Volatile.Write(ref _freed, 0);
    }

    private void Due(long moment)
    {
        lock (_due)
        {
            if (_due.Remove(moment, out var timer))
                timer.Dispose();
        }

        PlansAreDue();
    }
}
