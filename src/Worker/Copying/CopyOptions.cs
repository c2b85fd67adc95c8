using System.ComponentModel.DataAnnotations;

namespace Understudy.Copying;

/// <summary>Section <c>Copying</c>. How many connections and how many bytes a second is in <c>Flow</c>.</summary>
internal sealed class CopyOptions
{
    public const string Section = "Copying";

    /// <summary>
    /// Bytes asked for at a time, 64 KiB to 1 GiB. Smaller: more requests, but finer sharing between copies and less to fetch
    /// again after a crash. Larger: one slow connection holds a file up longer.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int PartSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How long a source may bring less than 64 KiB before the connection is given up, 100 ms to 10 minutes. Too short and a busy
    /// source is asked again and again; too long and a hung one blocks a copy.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Tries for one part, each going on where the last one broke off, before the whole attempt fails. 1 to 20.</summary>
    [Range(1, 20)]
    public int PartTries { get; set; } = 5;

    /// <summary>Pause after a part's first failed try; doubles with each further one. 0 to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PartRetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often leftovers of dead attempts and retired files past the grace period are cleared away, 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(5);
}
