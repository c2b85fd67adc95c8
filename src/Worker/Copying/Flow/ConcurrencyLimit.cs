namespace Understudy.Copying.Flow;

/// <summary>
/// How many fetches may be under way at once, learnt from how they go. Pure: no clock, no I/O, no lock. Not thread-safe.
/// </summary>
/// <remarks>
/// It tries: half as many more, or a fifth fewer, for one window of fetches, against the window just before. More
/// connections are kept where they pay, fewer where the rest was not missed; so it climbs while each connection has a
/// limit of its own, and settles where the link or the CPU is full. The longer nothing changes, the rarer it tries.
/// Two things bring it down at once: throttling, by half, and a standing queue before the first byte, by the gradient of
/// the wait (after TCP Vegas and Netflix's Gradient2). A window in which the limit was not used up says nothing and is
/// left out, so that an idle hour can't raise the limit.
/// </remarks>
internal sealed class ConcurrencyLimit(FlowOptions options)
{
    private const double StepUp = 1.5;
    private const double StepDown = 0.8;

    // 10 % more connections have to bring 2 % more throughput. Lower: noise decides; higher: too much is given up at a soft knee.
    private const double WorthIt = 0.2;

    // Fewer in flight than this share of the limit: the work is short, not the connections.
    private const double InUse = 0.9;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ThrottleCoolDown = TimeSpan.FromSeconds(1);

    private readonly FirstByteFloor _firstByte = new();
    private readonly ThrottleCeiling _ceiling = new();

    private FetchWindow _window = new(options.StartConnections);
    private TimeSpan _changed = TimeSpan.MinValue;
    private TimeSpan? _throttled;
    private TimeSpan? _cutFor;

    private FetchWindow? _before;
    private Trial? _trial;
    private bool _upNext = true;
    private int _inVain;
    private TimeSpan _nextTrial = TimeSpan.MinValue;

    private readonly record struct Trial(int From, FetchWindow Before, bool Up);

    public int Current { get; private set; } = options.StartConnections;

    public void Finished(in FetchSample fetch)
    {
        if (fetch.Outcome == FetchOutcome.Throttled)
            Throttled(fetch);
        else if (fetch.Outcome == FetchOutcome.Ok && fetch.Started >= _changed && fetch.InFlight >= InUse * Current)
            Count(fetch);
    }

    private void Throttled(in FetchSample fetch)
    {
        // What was sent before the last halving, or right after it, was throttled for the old limit.
        if (_throttled is { } last && (fetch.Started < last || fetch.Ended < last + ThrottleCoolDown))
            return;

        _throttled = fetch.Ended;
        _ceiling.Throttled(Current, fetch.Ended);
        Settle(Current / 2, fetch.Ended);
        TryUp(fetch.Ended + ThrottleCoolDown);
    }

    private void Count(in FetchSample fetch)
    {
        if (!_window.IsEmpty && fetch.Started > _window.LastEnd + Pause)
            Settle(_trial?.From ?? Current, fetch.Started);

        _window.Add(fetch, _firstByte.Straggler);
        if (!_window.IsComplete)
            return;

        var full = _window;
        _window = new FetchWindow(Current);
        Judge(full, fetch.Ended);
    }

    private void Judge(FetchWindow window, TimeSpan now)
    {
        AcceptVainCut(window);
        var gradient = _firstByte.Gradient(window.MeanFirstByte);
        if (_trial is { } trial)
            End(trial, window, gradient, now);
        else if (gradient < 1)
            Cut(window, gradient, now);
        else
            Compare(window, now);
    }

    // The wait did not shrink with the connections, so they were not its reason.
    private void AcceptVainCut(FetchWindow window)
    {
        if (_cutFor is { } wait && window.MeanFirstByte > wait * 0.9)
            _firstByte.Accept(window.MeanFirstByte);
        _cutFor = null;
    }

    private void Cut(FetchWindow window, double gradient, TimeSpan now)
    {
        _cutFor = window.MeanFirstByte;
        // By a fifth at least, or noise would hide whether it helped.
        Settle((int)(Current * Math.Clamp(gradient, 0.5, 0.8)), now);
        TryUp(now + Pause);
    }

    private void Compare(FetchWindow window, TimeSpan now)
    {
        if (_before is { } before && Math.Abs(Math.Log2(window.MeanBytes / before.MeanBytes)) > 1)
            TryUp(now); // Files of other sizes: what was learnt does not hold for them.
        _before = window;
        if (now >= _nextTrial)
            Begin(window, now);
    }

    private void Begin(FetchWindow before, TimeSpan now)
    {
        var target = Target(now);
        if (target == Current)
        {
            InVain(now);
            return;
        }

        _trial = new Trial(Current, before, _upNext);
        Change(target, now);
    }

    private int Target(TimeSpan now)
    {
        if (!_upNext)
            return Math.Max(options.MinConnections, Math.Min(Current - 1, (int)Math.Ceiling(Current * StepDown)));
        var most = Math.Min(options.MaxConnections, _ceiling.At(now));
        return Math.Max(Current, Math.Min(most, (int)Math.Ceiling(Current * StepUp)));
    }

    private void End(Trial trial, FetchWindow window, double gradient, TimeSpan now)
    {
        var (fewer, more) = trial.Up ? (trial.Before, window) : (window, trial.Before);
        var pays = FetchWindow.Elasticity(fewer, more) >= WorthIt;
        _trial = null;
        if (trial.Up ? pays && gradient == 1 : !pays)
        {
            if (trial.Up)
                _ceiling.Passed(Current);
            _inVain = 0;
            Begin(window, now);
        }
        else
        {
            Change(trial.From, now);
            InVain(now);
        }
    }

    private void InVain(TimeSpan now)
    {
        _upNext = !_upNext;
        _inVain++;
        // Neither more nor fewer helped: wait 1, 2, 4, 8 s before the next try.
        _nextTrial = now + TimeSpan.FromSeconds(_inVain < 2 ? 0 : 1 << Math.Min(_inVain - 2, 3));
    }

    private void TryUp(TimeSpan from) => (_upNext, _inVain, _nextTrial) = (true, 0, from);

    private void Settle(int limit, TimeSpan now)
    {
        (_trial, _before) = (null, null);
        Change(Math.Clamp(limit, options.MinConnections, options.MaxConnections), now);
    }

    private void Change(int limit, TimeSpan now)
    {
        Current = limit;
        _changed = now;
        _window = new FetchWindow(limit);
    }
}
