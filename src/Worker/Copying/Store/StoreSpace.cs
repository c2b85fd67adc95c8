namespace Understudy.Copying.Store;

/// <summary>Of the store's file system, for this user. Inodes are null where the file system doesn't count them (btrfs, some NAS).</summary>
internal readonly record struct StoreSpace(long FreeBytes, long TotalBytes, long? FreeInodes, long? TotalInodes);
