using Understudy.Copying.Store;

namespace Understudy.Scavenging;

/// <summary>Uses that nobody told the catalogue of: orchestrators and tile servers read files without a word, and a file's own times are all that is left of it.</summary>
internal static class SilentUse
{
    // The file server's clock and PostgreSQL's are two.
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(2);

    // A time that is further to come is no use, but nonsense: it would keep the file for ever.
    private static readonly TimeSpan MostAhead = TimeSpan.FromDays(1);

    /// <param name="known">The last use that the catalogue knows of, or when it was copied.</param>
    /// <param name="bytes">Of the copy.</param>
    /// <param name="checkedAt">When scrub had read it last: where it can't read unseen, the last access is its own.</param>
    /// <returns>null: there was none.</returns>
    public static DateTimeOffset? Find(FileTimes file, long bytes, DateTimeOffset known, DateTimeOffset? checkedAt, DateTimeOffset now)
    {
        var isScrubs = file.Read <= checkedAt + ClocksDiffer && file.Read >= checkedAt - LongestReading(bytes) - ClocksDiffer;
        var used = file.Read > file.Written && !isScrubs ? file.Read : file.Written;
        return used > known + ClocksDiffer && used < now + MostAhead ? used : null;
    }

    // With its rests. A use that falls into that time is overlooked, once in months.
    private static TimeSpan LongestReading(long bytes) => TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(bytes / 1e6);
}
