using Understudy.Plans;

namespace Understudy.Warming;

/// <summary>Writes down how far an attempt is, so that whoever follows it goes on from there, and whoever looks sees it.</summary>
internal sealed class Notes(Attempt attempt, Itinerary itinerary, Warmth? former, Tally tally, Warmths warmths, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _writing = new(1);
    private long _written = time.GetTimestamp();
    private Fresh _before;

    /// <summary>Now and then. Whoever finds another one at it has nothing to add that the next note won't have.</summary>
    public async Task WriteIfDueAsync(CancellationToken cancel)
    {
        if (time.GetElapsedTime(Volatile.Read(ref _written)) > Every && await _writing.WaitAsync(TimeSpan.Zero, cancel))
            await WriteInTurnAsync(cancel);
    }

    /// <summary>Also when the attempt is stopped: the next one goes on from here.</summary>
    public async Task WriteLastAsync()
    {
        await _writing.WaitAsync();
        await WriteInTurnAsync(CancellationToken.None);
    }

    public void Dispose() => _writing.Dispose();

    private async Task WriteInTurnAsync(CancellationToken cancel)
    {
        try
        {
            Volatile.Write(ref _written, time.GetTimestamp());
            var (good, bad, bytes) = (tally.Good, tally.Bad, tally.Bytes);
            await warmths.SaveAsync(attempt, Note(bad, bytes, new Fresh(good - _before.Good, bad - _before.Bad, bytes - _before.Bytes)), cancel);
            _before = new Fresh(good, bad, bytes);
        }
        finally
        {
            _writing.Release();
        }
    }

    private WarmthNote Note(int bad, long bytes, Fresh now)
    {
        var unfinished = itinerary.Routes.Where(r => r.GoodCount < r.Requests.Count).ToDictionary(r => r.Key, r => r.Progress());
        var slowest = former?.Slowest > tally.Slowest ? former.Slowest : tally.Slowest;
        return new WarmthNote(
            itinerary.Requested, itinerary.Routes.Sum(r => r.GoodCount), bad, (former?.Bytes ?? 0) + bytes, slowest, tally.Reason ?? (unfinished.Count > 0 ? tally.Held : null),
            itinerary.Fingerprint, unfinished.Count > 0 ? unfinished : null, now);
    }
}
