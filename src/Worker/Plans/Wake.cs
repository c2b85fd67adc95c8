namespace Understudy.Plans;

/// <summary>Tells the runner that a look at the queue is worth it.</summary>
internal sealed class Wake(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Dispose() => _signal.Dispose();

    /// <summary>Plans became due.</summary>
    public void PlansAreDue()
    {
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    /// <summary>A slot is free again. Looks are saved up until a quarter of the slots is: one statement then takes many plans.</summary>
    public void SlotFreed(int running, int slots)
    {
        if (running <= slots - slots / 4)
            PlansAreDue();
    }

    /// <summary>Waits for a signal, at most <paramref name="longest"/>: the poll that makes good for a lost notification.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            await _signal.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nothing was said: time for a look all the same.
        }
    }
}
