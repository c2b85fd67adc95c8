using System.ComponentModel.DataAnnotations;
using Understudy.Hosting;
using Understudy.Hosting.Configuration;

namespace Understudy.Copying.Store;

/// <summary>The section <c>Storage</c>: where the copies lie, and how much room they may take.</summary>
internal sealed class StorageOptions : ICheckedOptions
{
    public const string Section = "Storage";

    /// <summary>
    /// The folder that the tile servers read, as this worker sees it. Default: <c>{DataDirectory}/store</c>.
    /// Every worker of a cluster must see the same folder; it must be one file system, for a rename can't cross two.
    /// </summary>
    public string? Root { get; set; }

    /// <summary>
    /// A copy's path below <see cref="Root"/>, from the tokens <c>{customer} {space} {image-dir} {image}</c>, by DLCS's rules.
    /// May begin with <c>{root}/</c> or with the value of <see cref="Root"/>, so that DLCS's own setting can be pasted.
    /// Must equal what the tile servers look up: another template makes every image a 404 there.
    /// </summary>
    public string PathTemplate { get; set; } = "{customer}/{space}/{image-dir}/{image}.jp2";

    /// <summary>
    /// Budget in bytes for everything in the store; above 0, or none: then only <see cref="MinFreeBytes"/> limits it.
    /// Too low evicts what is still looked at, and copies it again; too high leaves the limit to the file system.
    /// </summary>
    public ByteSize? MaxBytes { get; set; }

    /// <summary>
    /// Bytes of the file system that stay free, from 0 up. Default 5 GiB.
    /// Too low risks "no space" for this service and for its neighbours on the volume; too high wastes disk.
    /// </summary>
    public ByteSize MinFreeBytes { get; set; } = new(5L << 30);

    /// <summary>
    /// Inodes of the file system that stay free, from 0 up; not looked at where the file system doesn't count them.
    /// Too low: folders can't be made though bytes are free; too high: room goes unused.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MinFreeInodes { get; set; } = 10_000;

    /// <summary>
    /// Per cent of the budget in use at which evicting starts; 1 to 100, above <see cref="LowWaterPercent"/>.
    /// Too low keeps less than the disk could; near 100, copies wait for room.
    /// </summary>
    [Range(1, 100)]
    public int HighWaterPercent { get; set; } = 90;

    /// <summary>
    /// Per cent of the budget in use at which evicting stops; 1 to 99.
    /// Close to <see cref="HighWaterPercent"/> it runs often for little; far below, it takes more than was needed.
    /// </summary>
    [Range(1, 99)]
    public int LowWaterPercent { get; set; } = 85;

    /// <summary>
    /// How long a replaced or removed file is kept for those still reading it, and how long a new copy is safe from eviction.
    /// From 00:00:00 to 1.00:00:00. Below the 10 minutes for which DLCS's orchestrators remember a copy, they send readers to a file
    /// that is gone; long keeps old bytes counted against the budget.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>
    /// How long an evicted file is kept for those still reading it; nobody has begun to for <see cref="GracePeriod"/>. From 00:00:00 to 01:00:00. Below the time
    /// of the slowest tile, that tile fails; long makes copies wait for room that much longer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan EvictedFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much of a budget what nobody waits for may fill.</summary>
    public long ForBulk(long budget) => budget * (HighWaterPercent + 100) / 200;

    public IEnumerable<BrokenRule> Check()
    {
        if (LowWaterPercent >= HighWaterPercent)
            yield return new(nameof(LowWaterPercent), $"must be below HighWaterPercent ({HighWaterPercent})");
        if (MaxBytes is { Bytes: 0 })
            yield return new(nameof(MaxBytes), "must be above 0; leave it out for no budget");
        if (!Store.PathTemplate.TryCreate(PathTemplate, Root ?? "/", out _, out var error))
            yield return new(nameof(PathTemplate), $"must keep assets apart: {error}");
    }
}
