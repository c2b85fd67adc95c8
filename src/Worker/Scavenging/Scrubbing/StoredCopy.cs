namespace Understudy.Scavenging.Scrubbing;

/// <summary>A copy as the catalogue knows it.</summary>
/// <param name="Path">Relative to the store's root.</param>
/// <param name="IsBusy">It is being copied or evicted.</param>
internal sealed record StoredCopy(string Id, DateTimeOffset CheckedAt, string Path, long Bytes, uint Crc32C, long Generation, bool IsBusy)
{
    /// <summary>The last use that the catalogue knows of, or when it was copied.</summary>
    public DateTimeOffset UsedAt { get; init; }

    /// <summary>When it was looked up, by the catalogue's clock.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>What a file's bytes come to.</summary>
internal readonly record struct FileSum(long Bytes, uint Crc32C)
{
    public override string ToString() => $"{Bytes} bytes with CRC-32C {Crc32C:x8}";
}
