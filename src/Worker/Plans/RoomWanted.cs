namespace Understudy.Plans;

/// <summary>
/// Between those who need room in the store and whoever makes it: what didn't fit on this node, and whether it is of use to wait.
/// </summary>
internal sealed class RoomWanted : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private long _most;
    private long _possible = long.MaxValue;
    private volatile Standstill? _standstill;

    /// <summary>It may be of use no more to wait.</summary>
    public event Action? Looked;

    /// <summary>Why nothing may go though something has to, as of the last look; null: room is made, or nobody looked since more was wanted.</summary>
    public Standstill? Standstill => _standstill;

    /// <summary>The most bytes that there can be room for, as of the last look.</summary>
    public long Possible => Interlocked.Read(ref _possible);

    /// <param name="bytes">That didn't fit.</param>
    public void Want(long bytes)
    {
        // Nothing that goes makes room for more than there can be.
        if (bytes > Possible)
            return;
        _standstill = null;
        lock (_signal)
        {
            _most = Math.Max(_most, bytes);
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    /// <returns>The most that one wanted since the last time this was asked; 0: the time is over and nobody did.</returns>
    public async Task<long> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancel)
    {
        using var over = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancel);
        try
        {
            await _signal.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return 0;
        }

        return Interlocked.Exchange(ref _most, 0);
    }

    /// <summary>What a look at the store showed.</summary>
    public void Saw(long possible, Standstill? standstill)
    {
        Interlocked.Exchange(ref _possible, possible);
        _standstill = standstill;
        Looked?.Invoke();
    }

    public void Dispose() => _signal.Dispose();
}

/// <summary>Something has to go from the store, and nothing may.</summary>
/// <param name="Until">When something may, without anybody doing anything; null: somebody has to act.</param>
internal sealed record Standstill(string Why, DateTimeOffset? Until)
{
    public bool LastsBeyond(DateTimeOffset time) => Until is null || Until > time;
}
