namespace Understudy.Plans;

/// <summary>Tells whoever makes room in the store that somebody waits for some.</summary>
internal sealed class RoomWanted : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private long _most;

    /// <param name="bytes">That didn't fit.</param>
    public void Want(long bytes)
    {
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

    public void Dispose() => _signal.Dispose();
}
