namespace Understudy.Warming.Flow;

/// <summary>
/// How many requests a node bears at once beside its viewers, learnt from how long it takes to answer. Below one, requests
/// are further apart. Pure: the time is passed in. Not thread-safe.
/// </summary>
/// <remarks>
/// The gradient of the latency, after TCP Vegas and Netflix's Gradient2, as in <see cref="Copying.Flow.ConcurrencyLimit"/>; but
/// that one looks for the most that pays, and may press on until it does not pay any more. Here others wait in the same
/// queue, so this one only ever gives way: down by the gradient as soon as answers get slow, whoever causes it, and back up
/// slowly to what is configured.
/// </remarks>
internal sealed class Congestion(int configured)
{
    /// <summary>Never less: the latency of what is never asked for can't be seen to recover.</summary>
    public const double Least = 0.125;

    private const double StrongestCut = 0.5;
    private const double Growth = 0.125;

    // Nothing was seen to be slow for so long, though it was only hits, or sizes never asked for before.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, CostClass> _classes = [];
    private TimeSpan _cut = TimeSpan.MinValue;
    private TimeSpan? _lastWord;

    /// <summary>From <see cref="Least"/> to what is configured.</summary>
    public double Permitted { get; private set; } = 1;

    public void Finished(long pixels, in TurnReport report, TimeSpan started, TimeSpan now)
    {
        if (report.Kind == AnswerKind.Overload)
            Cut(StrongestCut, started, now);
        else if (report.Kind == AnswerKind.Good)
            Good(pixels, report.Latency, started, now);
    }

    private void Good(long pixels, TimeSpan latency, TimeSpan started, TimeSpan now)
    {
        var cost = CostClass.Of(pixels);
        if (!_classes.TryGetValue(cost, out var known))
            _classes.Add(cost, known = new CostClass());

        var gradient = known.Gradient(latency, started, now);
        if (gradient is not null)
            _lastWord = now;
        else if (now - (_lastWord ??= now) < Silence)
            return;

        if (gradient < 1)
            Cut(Math.Max(gradient.Value, StrongestCut), started, now);
        else if (started >= _cut)
            Permitted = Math.Min(configured, Permitted + Growth / Math.Max(1, Permitted));
    }

    private void Cut(double factor, TimeSpan started, TimeSpan now)
    {
        // What was sent before the last cut was slow for what was permitted then.
        if (started < _cut)
            return;
        _cut = now;
        _lastWord = now;
        Permitted = Math.Max(Least, Permitted * factor);
    }
}
