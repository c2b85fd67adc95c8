namespace Understudy.Plans;

/// <summary>
/// What many assets were given at once lets those by that somebody waits for: its steps wait while any of these is at work on this node, and for a moment
/// afterwards, in which it goes from one stage to the next.
/// </summary>
/// <remarks>Never for longer than <see cref="Longest"/> without as long a time of its own: beside a stream of the others it goes at half its pace.</remarks>
internal sealed class RightOfWay : IDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _opening;
    private int _passing;
    private TaskCompletionSource? _free;
    private long _since;
    private long? _forced;

    public RightOfWay(TimeProvider time)
    {
        _time = time;
        _opening = time.CreateTimer(_ => Open(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>From now on until it is disposed of, one that goes first is at work.</summary>
    public IDisposable Take()
    {
        lock (_lock)
        {
            _passing++;
            if (_free is not null)
                OpenIn(Longest - _time.GetElapsedTime(_since));
            else if (_forced is not { } forced || _time.GetElapsedTime(forced) >= Longest)
            {
                _free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _since = _time.GetTimestamp();
                OpenIn(Longest);
            }
        }

        return new Passage(this);
    }

    /// <summary>One comes after <paramref name="pause"/>: what is under way by then has a moment to end.</summary>
    public async Task ExpectAsync(TimeSpan pause)
    {
        await Task.Delay(pause, _time);
        Take().Dispose();
    }

    /// <summary>Returns when nobody has to be let by.</summary>
    public Task GiveWayAsync(CancellationToken cancel)
    {
        lock (_lock)
            return _free?.Task.WaitAsync(cancel) ?? Task.CompletedTask;
    }

    public void Dispose() => _opening.Dispose();

    private void Passed()
    {
        lock (_lock)
        {
            if (--_passing == 0 && _free is not null)
                OpenIn(TimeSpan.FromTicks(Math.Min(Moment.Ticks, (Longest - _time.GetElapsedTime(_since)).Ticks)));
        }
    }

    private void OpenIn(TimeSpan pause) => _opening.Change(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    private void Open()
    {
        lock (_lock)
        {
            var isOver = _time.GetElapsedTime(_since) >= Longest;
            // Somebody came at the very moment in which it rang.
            if (_free is null || _passing > 0 && !isOver)
                return;
            _forced = isOver ? _time.GetTimestamp() : null;
            _free.SetResult();
            _free = null;
        }
    }

    private sealed class Passage(RightOfWay way) : IDisposable
    {
        public void Dispose() => way.Passed();
    }
}
