using Understudy.Copying.Store;

namespace Understudy.Scavenging.Evicting;

/// <summary>What of the store is taken, promised, and already on its way out.</summary>
/// <param name="Used">Bytes of copies.</param>
/// <param name="Retired">Bytes of replaced and removed files that are kept for readers.</param>
/// <param name="Leaving">Of these, evicted ones: gone within Storage:EvictedFor.</param>
/// <param name="Evictions">Copies that are planned to go.</param>
/// <param name="Evicting">Their bytes.</param>
/// <param name="Waiting">Plans that wait for room.</param>
internal sealed record Room(long Copies, long Used, long Reserved, long Retired, long Leaving, long Evictions, long Evicting, long Waiting)
{
    /// <summary>Since when the oldest of what was replaced or deleted is kept for readers; null: there is nothing.</summary>
    public DateTimeOffset? RetiredSince { get; init; }

    /// <summary>What will still be taken when all that is on its way out is gone.</summary>
    public long Taken => Used + Reserved + Retired - Leaving - Evicting;

    /// <summary>Something goes, or is gone as soon as its readers had their time and somebody waits for that.</summary>
    public bool IsOnItsWay => Evictions > 0 || Waiting > 0 && Leaving > 0;
}

/// <summary>How much may lie in the store, and from when on something has to go. Pure.</summary>
/// <param name="Budget">Storage:MaxBytes, or what the file system has for us, whichever is less.</param>
/// <param name="High">Above it, eviction begins.</param>
/// <param name="Low">It ends there.</param>
/// <param name="Files">How many must go besides, for the file system's inodes.</param>
internal sealed record WaterMarks(long Budget, long High, long Low, long Files)
{
    // As with bytes: begin before the limit is met, and go a little below.
    private const double InodesHigh = 1.1, InodesLow = 1.2;

    public static WaterMarks Of(StorageOptions options, Room room, StoreSpace space)
    {
        // What we hold, and what is free beside that and beside what has to stay free.
        var possible = Math.Max(0, room.Used + room.Retired + space.FreeBytes - options.MinFreeBytes.Bytes);
        var budget = Math.Min(options.MaxBytes is { } max ? max.Bytes : long.MaxValue, possible);
        var files = space.FreeInodes is { } free && free + room.Evictions < options.MinFreeInodes * InodesHigh ? (long)(options.MinFreeInodes * InodesLow) - free - room.Evictions : 0;
        return new WaterMarks(budget, Share(budget, options.HighWaterPercent), Share(budget, options.LowWaterPercent), files);
    }

    /// <param name="wanted">The most that one of those needs who wait for room; 0: none waits.</param>
    /// <returns>Bytes that have to be planned to go now; 0: none.</returns>
    public long Excess(Room room, long wanted)
    {
        var taken = room.Taken;
        // What can't fit whatever goes must not empty the store.
        var isWanted = wanted > 0 && wanted <= Budget;
        var goal = isWanted ? Math.Min(Low, Budget - wanted) : Low;
        return taken > High || isWanted && taken > goal ? taken - goal : 0;
    }

    private static long Share(long budget, int percent) => (long)(budget * (percent / 100.0));
}
