namespace Understudy.Warming.Planning;

/// <summary>How much of a plan is asked for: the top levels come first and buy most. The first request that doesn't fit any more ends it.</summary>
/// <param name="MaxLevels">Levels that have a request of their own.</param>
/// <param name="MaxSourcePixels">Of the image at full resolution, in all requests together.</param>
internal sealed record RequestBudget(int MaxRequests = int.MaxValue, int MaxLevels = int.MaxValue, long MaxSourcePixels = long.MaxValue)
{
    /// <summary>Reads no more of <paramref name="requests"/> than it takes, and one.</summary>
    public IEnumerable<ImageRequest> Take(IEnumerable<ImageRequest> requests)
    {
        var (taken, levels, level, left) = (0, 0, -1, MaxSourcePixels);
        if (MaxRequests < 1)
            yield break;
        foreach (var request in requests)
        {
            if (request.Level != level)
                (levels, level) = (levels + 1, request.Level);
            if (levels > MaxLevels || request.Source.Area > left)
                yield break;
            left -= request.Source.Area;
            yield return request;
            if (++taken == MaxRequests)
                yield break;
        }
    }
}
