namespace Understudy.Copying.Store;

/// <summary>A regular file of the store, as found.</summary>
internal readonly record struct StoreFile(long Length, DateTimeOffset Modified);

/// <summary>When a file was last read and written, by the file system.</summary>
internal readonly record struct FileTimes(DateTimeOffset Read, DateTimeOffset Written);
