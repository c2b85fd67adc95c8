namespace Understudy.Scavenging.Scrubbing;

/// <summary>A copy as the catalogue knows it.</summary>
/// <param name="Path">Relative to the store's root.</param>
/// <param name="IsBusy">It is being copied or evicted.</param>
internal sealed record StoredCopy(string Id, DateTimeOffset CheckedAt, string Path, long Bytes, uint Crc32C, long Generation, bool IsBusy);

/// <summary>What a file's bytes come to.</summary>
internal readonly record struct FileSum(long Bytes, uint Crc32C)
{
    public override string ToString() => $"{Bytes} bytes with CRC-32C {Crc32C:x8}";
}
