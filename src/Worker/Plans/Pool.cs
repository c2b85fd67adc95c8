namespace Understudy.Plans;

/// <summary>Attempts that take slots from one another; those of another pool never wait for them. As it stands in the catalogue.</summary>
internal enum Pool : short
{
    /// <summary>What reads sources and changes the store.</summary>
    Store = 0,

    /// <summary>What asks image servers, which may be slow, or away.</summary>
    ImageServers = 1,

    /// <summary>What tells caches to forget, and waits for them.</summary>
    Caches = 2,

    /// <summary>What makes room in the store: nothing that waits for room may hold it up.</summary>
    Room = 3,
}

/// <summary>A capability that registers one has this node work on plans of the pool.</summary>
/// <param name="Slots">How many at once; may change at any time, down to 0.</param>
internal sealed record PoolSlots(Pool Pool, Func<int> Slots);
