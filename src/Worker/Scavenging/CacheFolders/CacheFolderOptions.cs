using System.ComponentModel.DataAnnotations;
using Understudy.Hosting;
using Understudy.Hosting.Configuration;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>One folder of Cantaloupe's FilesystemCache, and how much may lie in it.</summary>
internal sealed class CacheFolderOptions
{
    /// <summary>
    /// Its <c>FilesystemCache.pathname</c>, as this worker sees it: an absolute path of an existing folder that holds <c>image</c>, <c>info</c> or
    /// <c>source</c>, or nothing yet, and that neither contains nor lies in the store or a folder of sources.
    /// </summary>
    public string Root { get; set; } = "";

    /// <summary>
    /// Bytes on the disk that all files in it may take, above 0. Too low, and tiles are made again and again; too high, and the disk's end is the limit,
    /// at which Cantaloupe sends empty images.
    /// </summary>
    public ByteSize? MaxBytes { get; set; }

    /// <summary>Files that it may hold, from 1 up; folders come on top (docs/cache-folders.md). Too low as above; too high, and the disk has no inodes left while half of it is free.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxFiles { get; set; }

    /// <summary>Per cent of the budget down to which a sweep goes once it is over, 1 to 100. Near 100, every sweep has a little to do; far below, it takes more than was needed.</summary>
    [Range(1, 100)]
    public int LowWaterPercent { get; set; } = 90;

    /// <summary>
    /// How long ago a file must have been written or used to go, 1 minute to 30 days. Must cover the difference between the clocks of the worker and the file
    /// server; long keeps what is younger, even where that is more than the budget.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MinAge { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Per cent of the time that a sweep works; it rests for the others. 1 to 100. High, and viewers feel it on a slow NAS; low, and it takes long.</summary>
    [Range(1, 100)]
    public int BusyPercent { get; set; } = 25;

    public CacheBudget Budget => new(MaxFiles, MaxBytes?.Bytes, LowWaterPercent);

    public IEnumerable<BrokenRule> Check()
    {
        if (!Path.IsPathFullyQualified(Root))
            yield return new(nameof(Root), "must be an absolute path, that of FilesystemCache.pathname");
        if (MaxBytes is { Bytes: 0 })
            yield return new(nameof(MaxBytes), "must be above 0; leave it out for no limit in bytes");
        if (MaxBytes is null && MaxFiles is null)
            yield return new(nameof(MaxBytes), "must be set, or MaxFiles, or both");
    }
}
