namespace Understudy.Publishing;

/// <summary>What settlements and the relay know of each other: whether announcements are written, and that some may have been.</summary>
internal sealed class Outbox(PublishingOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public bool IsOn => options.IsOn;

    /// <summary>Something was settled on this node. What others settled, the relay's poll finds.</summary>
    public void MayHoldMore()
    {
        lock (_signal)
        {
            if (IsOn && _signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    /// <summary>Waits for <see cref="MayHoldMore"/>, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        await _signal.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _signal.Dispose();
}
