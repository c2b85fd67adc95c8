namespace Understudy.Warming.Planning;

/// <summary>How much of a plan is asked for: the top levels come first and buy most. The first request that doesn't fit any more ends it.</summary>
/// <param name="MaxLevels">Levels that have a request of their own.</param>
/// <param name="MaxPixels">In all requests together, as the caller counts them.</param>
internal sealed record RequestBudget(int MaxRequests = int.MaxValue, int MaxLevels = int.MaxValue, long MaxPixels = long.MaxValue)
{
    /// <summary>Reads no more of <paramref name="requests"/> than it takes, and one.</summary>
    public IEnumerable<T> Take<T>(IEnumerable<T> requests, Func<T, int> levelOf, Func<T, long> pixelsOf)
    {
        var (taken, levels, level, left) = (0, 0, -1, MaxPixels);
        if (MaxRequests < 1)
            yield break;
        foreach (var request in requests)
        {
            if (levelOf(request) != level)
                (levels, level) = (levels + 1, levelOf(request));
            if (levels > MaxLevels || pixelsOf(request) > left)
                yield break;
            left -= pixelsOf(request);
            yield return request;
            if (++taken == MaxRequests)
                yield break;
        }
    }

    public IEnumerable<ImageRequest> Take(IEnumerable<ImageRequest> requests) => Take(requests, r => r.Level, r => r.Source.Area);
}
