using Understudy.Plans;

namespace Understudy.Warming.Flow;

/// <summary>
/// Leaves a node alone that can't keep up: a pause, then one request as a probe, then either all goes on or a longer pause.
/// Pure: the time is passed in. Not thread-safe.
/// </summary>
internal sealed class Breaker
{
    // One 503 may be a restart, two a coincidence.
    private const int InARow = 3;

    // So many answers without trouble, and the next pause is a short one again.
    private const int Calm = 10;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // A date in Retry-After may be anything: no server shuts warming out for a day.
    private static readonly TimeSpan LongestAskedFor = TimeSpan.FromMinutes(10);

    private TimeSpan? _until;
    private bool _probing;
    private int _overloads;
    private int _calm;
    private int _doublings;

    /// <summary>Pauses so far.</summary>
    public long Pauses { get; private set; }

    /// <summary>null when a request may be made, be it as a probe.</summary>
    public TimeSpan? PausedUntil(TimeSpan now) => now < _until ? _until : null;

    public bool MayStart(TimeSpan now) => _until is null || (now >= _until && !_probing);

    /// <returns>Whether this one is the probe.</returns>
    public bool Start() => _probing = _until is not null;

    /// <param name="probe">What <see cref="Start"/> returned for it.</param>
    /// <param name="random">From 0 to 1: what pauses together shall not come back together.</param>
    public void Finished(bool probe, in TurnReport report, TimeSpan now, double random)
    {
        if (_until is not null && !probe)
            StartedBeforeThePause(report, now);
        else if (report.Kind == AnswerKind.Cancelled)
            _probing = false;
        else if (report.Kind == AnswerKind.Overload)
            Overloaded(probe, report.RetryAfter, now, random);
        else
            Answered();
    }

    // Its failure is the one that is known already; but the server may ask for more time in it.
    private void StartedBeforeThePause(in TurnReport report, TimeSpan now)
    {
        if (report is { Kind: AnswerKind.Overload, RetryAfter: { } asked } && now + Bounded(asked) is var until && until > _until)
            _until = until;
    }

    private void Overloaded(bool probe, TimeSpan? asked, TimeSpan now, double random)
    {
        (_probing, _calm) = (false, 0);
        _overloads++;
        if (!probe && asked is null && _overloads < InARow)
            return;

        Pauses++;
        var pause = Backoff.After(++_doublings, First, Longest, random);
        _until = now + (asked is { } wish && Bounded(wish) > pause ? Bounded(wish) : pause);
    }

    private void Answered()
    {
        (_until, _probing, _overloads) = (null, false, 0);
        if (++_calm >= Calm)
            _doublings = 0;
    }

    private static TimeSpan Bounded(TimeSpan asked) => asked < LongestAskedFor ? asked : LongestAskedFor;
}
