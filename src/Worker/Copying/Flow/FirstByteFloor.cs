namespace Understudy.Copying.Flow;

/// <summary>
/// The wait for a first byte when nobody queues: the least mean of a window so far, moving up slowly where it is not met
/// again. Not thread-safe.
/// </summary>
internal sealed class FirstByteFloor
{
    // Twice the floor and a bit: sizes, cold objects and a busy CPU differ that much without any queue.
    private const double Tolerance = 2;
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    // A hundredth a window: with a few windows a second, a lasting change of the path is the new normal in half a minute.
    private const double Drift = 0.01;

    private TimeSpan? _floor;

    public TimeSpan Tolerated => _floor is { } floor ? floor * Tolerance + Slack : TimeSpan.MaxValue;

    /// <summary>Longer than this is one fetch's bad luck, whatever the load.</summary>
    public TimeSpan Straggler => _floor is null ? TimeSpan.MaxValue : Tolerated * 2;

    /// <summary>The share of the connections that would bring the wait back to what is tolerated; 1 when it is.</summary>
    public double Gradient(TimeSpan observed)
    {
        if (_floor is not { } floor || observed <= floor)
            _floor = observed;
        else
            _floor = floor + (observed - floor) * Drift;
        return observed <= Tolerated ? 1 : Tolerated / observed;
    }

    /// <summary>The path itself became slower: that is what to measure by from now on.</summary>
    public void Accept(TimeSpan observed) => _floor = observed;
}
