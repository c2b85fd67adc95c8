namespace Understudy.Copying;

/// <summary>
/// How long a source is waited for without a sign of life; told apart from the caller's own cancellation. Only the waiting counts:
/// a slow store, or the bandwidth's own limit, is not the source's fault.
/// </summary>
internal sealed class Patience : IDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;
    private readonly TimeSpan _longest;
    private TimeSpan _left;
    private long _since;

    /// <summary>Runs from here on.</summary>
    public Patience(TimeSpan longest, TimeProvider time, CancellationToken caller)
    {
        (_longest, _left, _time, _since, _caller) = (longest, longest, time, time.GetTimestamp(), caller);
        _timer = new CancellationTokenSource(longest, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public CancellationToken Token => _either.Token;

    public bool IsOver => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>The source has answered: what comes now is not waited for.</summary>
    public void Pause()
    {
        _timer.CancelAfter(Timeout.InfiniteTimeSpan);
        _left -= _time.GetElapsedTime(_since);
    }

    public void Resume()
    {
        _since = _time.GetTimestamp();
        _timer.CancelAfter(_left > Least ? _left : Least);
    }

    /// <summary>A sign of life. Call it while paused.</summary>
    public void Renew() => _left = _longest;

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
