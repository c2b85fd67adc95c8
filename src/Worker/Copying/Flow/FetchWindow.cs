namespace Understudy.Copying.Flow;

/// <summary>Some fetches in a row under one limit, and what they say together. Not thread-safe.</summary>
/// <remarks>
/// Throughput is not counted in bytes by the clock: completions come in waves, and another mix of sizes would look like
/// another throughput. A window keeps the two parts of a fetch's time instead, the wait for the first byte and the pace of
/// the body, and asks how long a fetch of one given size takes; with all connections busy that is the throughput (Little's law).
/// </remarks>
internal sealed class FetchWindow(int limit)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);

    private int _count;
    private long _bytes;
    private TimeSpan _firstBytes;
    private TimeSpan _bodies;
    private TimeSpan _from = TimeSpan.MaxValue;

    public TimeSpan LastEnd { get; private set; }

    public TimeSpan MeanFirstByte => _firstBytes / _count;

    public double MeanBytes => (double)_bytes / _count;

    /// <summary>Two fetches a connection, so that the slow ones of the first round are in it too.</summary>
    public bool IsComplete => _count >= 2 * limit && LastEnd - _from >= Shortest;

    public bool IsEmpty => _count == 0;

    /// <param name="fetch">A good fetch that started under this window's limit.</param>
    /// <param name="longestFirstByte">A longer wait counts as this one: single stragglers (S3 has some) are no trend.</param>
    public void Add(in FetchSample fetch, TimeSpan longestFirstByte)
    {
        _count++;
        _bytes += fetch.Bytes;
        _firstBytes += fetch.FirstByte < longestFirstByte ? fetch.FirstByte : longestFirstByte;
        _bodies += fetch.Ended - fetch.Started - fetch.FirstByte;
        if (fetch.Started < _from)
            _from = fetch.Started;
        LastEnd = fetch.Ended;
    }

    /// <summary>How much more the one with more connections got done, against how many more it has: 1 = in proportion, 0 = nothing.</summary>
    public static double Elasticity(FetchWindow fewer, FetchWindow more)
    {
        // The smaller size: from small fetches, whose bodies come in one gulp, the time of a large one can't be told.
        var size = Math.Min(fewer.MeanBytes, more.MeanBytes);
        var connections = (double)more.Limit / fewer.Limit;
        var throughput = connections * fewer.SecondsFor(size) / more.SecondsFor(size);
        return Math.Log(throughput) / Math.Log(connections);
    }

    private int Limit => limit;

    private double SecondsFor(double size) =>
        Math.Max(1e-6, MeanFirstByte.TotalSeconds + (_bytes == 0 ? 0 : size * _bodies.TotalSeconds / _bytes));
}
