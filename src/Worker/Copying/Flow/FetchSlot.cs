using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;

namespace Understudy.Copying.Flow;

/// <summary>
/// The right to have one fetch under way, given back exactly once: by <see cref="Finished"/>, or by <see cref="Dispose"/>,
/// which then counts as cancelled. The same object waits in the queue before; it is the one allocation of a pass.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The registration is disposed of where the wait ends.")]
internal sealed class FetchSlot : IDisposable, IValueTaskSource<FetchSlot>
{
    private readonly FetchGate _gate;
    private ManualResetValueTaskSourceCore<FetchSlot> _granted = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private int _finished;

    internal FetchSlot(FetchGate gate, FlowTicket ticket, long bytes, long sequence) =>
        (_gate, Ticket, Bytes, Sequence) = (gate, ticket, bytes, sequence);

    internal FlowTicket Ticket { get; }

    internal long Bytes { get; }

    /// <summary>The order of arrival at the gate.</summary>
    internal long Sequence { get; }

    // The gate's, read and written under its lock.
    internal FairQueue? Queue { get; set; }
    internal FetchSlot? Previous { get; set; }
    internal FetchSlot? Next { get; set; }
    internal bool IsWaiting { get; set; }
    internal TimeSpan Started { get; set; }

    /// <summary>Ends the fetch and says how it went. A second call does nothing.</summary>
    /// <param name="firstByte">From the start of the fetch to its first byte; zero where there was none.</param>
    /// <param name="bytes">The bytes that arrived, also where fewer than asked for.</param>
    /// <param name="outcome">Only good and throttled fetches teach the limit.</param>
    public void Finished(TimeSpan firstByte, long bytes, FetchOutcome outcome)
    {
        if (Interlocked.Exchange(ref _finished, 1) == 0)
            _gate.Leave(this, firstByte, bytes, outcome);
    }

    public void Dispose() => Finished(TimeSpan.Zero, 0, FetchOutcome.Cancelled);

    internal ValueTask<FetchSlot> WaitAsync(CancellationToken cancel)
    {
        if (cancel.CanBeCanceled)
            _cancellation = cancel.UnsafeRegister(static (slot, token) => ((FetchSlot)slot!).GiveUp(token), this);
        return new ValueTask<FetchSlot>(this, _granted.Version);
    }

    internal void Grant() => _granted.SetResult(this);

    private void GiveUp(CancellationToken cancel)
    {
        if (_gate.TryRemove(this))
            _granted.SetException(new OperationCanceledException(cancel));
    }

    FetchSlot IValueTaskSource<FetchSlot>.GetResult(short token)
    {
        // Outside the gate's lock, which a cancellation under way may be waiting for.
        _cancellation.Dispose();
        return _granted.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FetchSlot>.GetStatus(short token) => _granted.GetStatus(token);

    void IValueTaskSource<FetchSlot>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _granted.OnCompleted(continuation, state, token, flags);
}
