using System.Diagnostics.Metrics;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Scavenging.Evicting;

/// <summary>What it says of the store: how full it is, and whether anything may go where something has to.</summary>
internal sealed partial class Scavenger
{
    private Standstill? _standstill;
    private long _standsSince;
    private bool _isTold;
    private volatile Seen? _seen;

    /// <summary>
    /// Why nothing may go though something has to, so that somebody has to act; null: all is well, or what has to go is only in use. But if that lasts longer
    /// than any use does, the store is too small for what is in use.
    /// </summary>
    public string? Stuck => _standstill is { } it && (it.Until is null || time.GetElapsedTime(_standsSince) > storage.GracePeriod) ? it.Why : null;

    /// <summary>What has to go, and from when on it may; null: nothing has to wait.</summary>
    public string? Waits => Stuck is null && _standstill is { Until: { } until } it ? $"{it.Why}; the first may go at {until:yyyy-MM-dd HH:mm:ss}Z" : null;

    private void Measure(Meter meter)
    {
        meter.CreateObservableGauge("understudy.store.stuck", () => Stuck is null ? 0 : 1, "{store}", "1 while something has to go from the store and nothing may");
        meter.CreateObservableGauge("understudy.store.marks", () => _seen is { Marks: var marks } ? [Mark("budget", marks.Budget), Mark("high", marks.High), Mark("low", marks.Low)] : Array.Empty<Measurement<long>>(), "By", "How much the store may hold, and at how much evicting begins and ends");
        meter.CreateObservableGauge("understudy.store.free", () => _seen is { Space.FreeBytes: var free } ? [new(free)] : Array.Empty<Measurement<long>>(), "By", "What the store's file system has free");
        meter.CreateObservableGauge("understudy.store.free_inodes", () => _seen is { Space.FreeInodes: { } free } ? [new(free)] : Array.Empty<Measurement<long>>(), "{inode}", "Inodes that the store's file system has free, where it counts them");

        static Measurement<long> Mark(string name, long bytes) => new(bytes, new KeyValuePair<string, object?>("mark", name));
    }

    private Standstill Why(IReadOnlyList<Candidate> seen, long excess, Room room)
    {
        var kept = seen.Where(c => c.Kept is not null).GroupBy(c => c.Kept!).Select(g => $"{g.Count()} {(g.Key == "pinned" ? "pinned" : g.Key == "in use" ? "used or copied within Storage:GracePeriod" : "with a plan")}");
        return new($"{excess} bytes have to go from the store, and none may: {(seen.Count == 0 ? "there is no copy that isn't pinned" : string.Join(", ", kept))}", FirstToGo(seen, room));
    }

    /// <summary>What has a plan may go as soon as that is done, and what is kept for its readers goes by itself.</summary>
    private DateTimeOffset? FirstToGo(IReadOnlyList<Candidate> seen, Room room) =>
        seen.Any(c => c.Kept == "has a plan") ? time.GetUtcNow()
            : seen.Where(c => c.Kept == "in use").Select(c => (DateTimeOffset?)(c.UsedAt > c.CopiedAt ? c.UsedAt.Value : c.CopiedAt)).Append(room.RetiredSince).Min() + storage.GracePeriod;

    private void Say(WaterMarks marks, Standstill? standstill)
    {
        if (_standstill is null)
            _standsSince = time.GetTimestamp();
        _standstill = standstill;
        if (Stuck is { } stuck && !_isTold)
            LogStuck(stuck);
        _isTold = Stuck is not null;
        wanted.Saw(marks.Budget, standstill);
    }

    /// <summary>As of the last look.</summary>
    private sealed record Seen(WaterMarks Marks, StoreSpace Space);
}
