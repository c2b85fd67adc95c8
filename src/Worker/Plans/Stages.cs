namespace Understudy.Plans;

/// <summary>The stages by the names that stand in the catalogue.</summary>
internal static class Stages
{
    /// <summary>Wait until an ingest that was announced has changed the source.</summary>
    public const string Await = "await";

    /// <summary>Bring the source's present version into the store.</summary>
    public const string Copy = "copy";

    /// <summary>Take the copy out of the store.</summary>
    public const string Remove = "remove";

    /// <summary>Take the copy out of the store because the room is needed.</summary>
    public const string Evict = "evict";

    /// <summary>Have all caches forget what was made of older bytes, and see that they did.</summary>
    public const string Purge = "purge";

    /// <summary>Have the image servers make, and cache, what viewers will ask for first.</summary>
    public const string Warm = "warm";

    public static readonly string[] All = [Await, Copy, Remove, Evict, Purge, Warm];
}
