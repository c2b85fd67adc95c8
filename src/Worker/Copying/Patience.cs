namespace Understudy.Copying;

/// <summary>A time-out that starts anew with every sign of life, told apart from the caller's own cancellation.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _longest;

    public Patience(TimeSpan longest, TimeProvider time, CancellationToken caller)
    {
        (_longest, _caller) = (longest, caller);
        _timer = new CancellationTokenSource(longest, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public CancellationToken Token => _either.Token;

    public bool IsOver => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Renew() => _timer.CancelAfter(_longest);

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
