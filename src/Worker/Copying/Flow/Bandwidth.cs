using Understudy.Contracts;

namespace Understudy.Copying.Flow;

/// <summary>
/// A token bucket over all fetches of the node. Thread-safe. A take passes while the account is not overdrawn, and is then
/// charged in full, so one larger than the bucket needs no splitting; over any time t at most rate × (t + 100 ms) and one take pass,
/// and up to a second's worth more for lane <c>waiting</c>, which others then wait off.
/// </summary>
internal sealed class Bandwidth : IDisposable
{
    // bytes × ticks a second has to fit into a long: 2^31 × 10^9 does, with room for the remainder below the rate.
    internal const long MostBytesPerSecond = 1L << 50;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long? _rate;
    private readonly long _burst;
    private readonly long _credit;
    private readonly LinkedList<Taker> _urgent = [];
    private readonly LinkedList<Taker> _others = [];
    private readonly ITimer? _timer;

    // The account as a time: when it is even. Earlier than now: in credit; later: overdrawn.
    private long _evenAt;
    private long _remainder;

    private sealed class Taker(int bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Bytes => bytes;
        public CancellationTokenRegistration Cancellation { get; set; }
    }

    public Bandwidth(FlowOptions options, TimeProvider time)
    {
        (_time, _rate) = (time, options.MaxBytesPerSecond?.Bytes);
        (_burst, _credit) = (time.TimestampFrequency / 10, time.TimestampFrequency);
        _evenAt = time.GetTimestamp() - _burst;
        if (_rate is not null)
            _timer = time.CreateTimer(static self => ((Bandwidth)self!).LetPass(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when the bytes may be read. Without a limit it is completed, and costs nothing.</summary>
    public ValueTask TakeAsync(int bytes, Lane lane, CancellationToken cancel)
    {
        if (_timer is null)
            return ValueTask.CompletedTask;
        if (cancel.IsCancellationRequested)
            return ValueTask.FromCanceled(cancel);

        var urgent = lane == Lane.Waiting;
        var queue = urgent ? _urgent : _others;
        LinkedListNode<Taker> taker;
        lock (_lock)
        {
            if (_urgent.Count == 0 && (urgent || _others.Count == 0) && Wait(urgent) <= 0)
            {
                Charge(bytes);
                return ValueTask.CompletedTask;
            }

            taker = queue.AddLast(new Taker(bytes));
            SetTimer();
        }

        if (cancel.CanBeCanceled)
            LeaveWhenCancelled(taker, cancel);
        return new ValueTask(taker.Value.Task);
    }

    public void Dispose() => _timer?.Dispose();

    private void LeaveWhenCancelled(LinkedListNode<Taker> taker, CancellationToken cancel)
    {
        var registration = cancel.UnsafeRegister((_, token) => GiveUp(taker, token), null);
        lock (_lock)
        {
            if (taker.List is not null)
            {
                taker.Value.Cancellation = registration;
                return;
            }
        }

        registration.Unregister();
    }

    private void GiveUp(LinkedListNode<Taker> taker, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (taker.List is null)
                return;
            taker.List.Remove(taker);
            SetTimer();
        }

        taker.Value.SetCanceled(cancel);
    }

    private void LetPass()
    {
        lock (_lock)
        {
            while (Head() is var (head, urgent) && Wait(urgent) <= 0)
            {
                head.List!.Remove(head);
                // Not Dispose: it would wait for a cancellation under way, which waits for this lock.
                head.Value.Cancellation.Unregister();
                Charge(head.Value.Bytes);
                head.Value.SetResult();
            }

            SetTimer();
        }
    }

    private (LinkedListNode<Taker> Node, bool Urgent)? Head() =>
        _urgent.First is { } urgent ? (urgent, true)
        : _others.First is { } other ? (other, false)
        : null;

    private long Wait(bool urgent) => _evenAt - _time.GetTimestamp() - (urgent ? _credit : 0);

    private void Charge(int bytes)
    {
        _evenAt = Math.Max(_evenAt, _time.GetTimestamp() - _burst);
        // The remainder is carried over: rounding each of a million takes would be a drift.
        var (ticks, remainder) = Math.DivRem(bytes * _time.TimestampFrequency + _remainder, _rate!.Value);
        _evenAt += ticks;
        _remainder = remainder;
    }

    private void SetTimer()
    {
        if (Head() is not var (_, urgent))
            return;
        // Up, and by a millisecond at least: a timer that is early by a fraction would come again and again.
        var milliseconds = Math.Max(1, Math.Ceiling(Wait(urgent) * 1000.0 / _time.TimestampFrequency));
        _timer!.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
