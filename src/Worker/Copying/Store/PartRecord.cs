namespace Understudy.Copying.Store;

/// <summary>One part of a source that was written to a temporary file: from <see cref="Offset"/> on, with the CRC of what was written.</summary>
internal readonly record struct PartRecord(long Offset, int Length, uint Crc32C);
