namespace Understudy.Copying.Store;

/// <summary>A regular file of the store, as found.</summary>
internal readonly record struct StoreFile(long Length, DateTimeOffset Modified);
