using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Understudy.Hosting;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

public sealed class SweepTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Least_recently_used_goes_first_whichever_of_the_three_folders_it_is_in()
    {
        using var cache = new TempCache();
        var source = cache.Add(CacheKind.Source, "a", Day * 9, 50_000);
        var tile = cache.Add(CacheKind.Image, "a", Day * 5);
        var info = cache.Add(CacheKind.Info, "a", Day * 3);
        var other = cache.Add(CacheKind.Image, "b", Day);
        var result = await cache.RunAsync(maxFiles: 2);
        Assert.Equal([false, false, true, true], new[] { source, tile, info, other }.Select(cache.Has));
        Assert.Equal((4, 2, true, true), (result.Files, result.RemovedFiles, result.Finished, result.WithinBudget));
        Assert.Equal(50_000 / 4096 * 4096 + 4096, result.Kinds[CacheKind.Source].RemovedBytes);
    }

    [Fact]
    public async Task Within_the_budget_nothing_goes()
    {
        using var cache = new TempCache();
        cache.Add(CacheKind.Image, "a", Day * 500);
        cache.Add(CacheKind.Image, "b", Day);
        var before = cache.Everything();
        var result = await cache.RunAsync(maxFiles: 2, maxBytes: 8192);
        Assert.Equal(before, cache.Everything());
        Assert.Null(result.UnusedSince);
    }

    [Fact]
    public async Task A_file_that_is_read_counts_as_used_though_it_was_written_long_ago()
    {
        using var cache = new TempCache();
        var (read, written) = (cache.Add(CacheKind.Image, "a", Day), cache.Add(CacheKind.Image, "b", Day));
        cache.Age(read, written: Day * 100, used: Day * 2);
        cache.Age(written, written: Day * 3, used: Day * 100);
        await cache.RunAsync(maxFiles: 1);
        Assert.Equal((true, false), (cache.Has(read), cache.Has(written)));
    }

    [Fact]
    public async Task Young_and_temporary_files_stay_even_over_the_budget_which_the_result_says()
    {
        using var cache = new TempCache();
        var young = cache.Add(CacheKind.Image, "a", TimeSpan.FromMinutes(20));
        var written = cache.Write(TempCache.PathOf(CacheKind.Image, "b") + "_qtp1-2.tmp", Day * 0.9);
        var old = cache.Add(CacheKind.Image, "c", TimeSpan.FromMinutes(40));
        var result = await cache.RunAsync(maxFiles: 1);
        Assert.Equal([true, true, false], new[] { young, written, old }.Select(cache.Has));
        Assert.False(result.WithinBudget);
        Assert.Equal((1, 1), (result.Kinds[CacheKind.Image].Young, result.Kinds[CacheKind.Image].Temporary));
    }

    [Fact]
    public async Task Rubbish_goes_in_any_case()
    {
        using var cache = new TempCache();
        var abandoned = cache.Write(TempCache.PathOf(CacheKind.Info, "a") + "_qtp1-2.tmp", Day * 2);
        var empty = cache.Add(CacheKind.Image, "b", TimeSpan.FromMinutes(16), bytes: 0);
        var emptyAndNew = cache.Add(CacheKind.Image, "c", TimeSpan.FromMinutes(14), bytes: 0);
        var result = await cache.RunAsync(maxFiles: 100);
        Assert.Equal([false, false, true], new[] { abandoned, empty, emptyAndNew }.Select(cache.Has));
        Assert.Equal(2, result.RemovedFiles);
    }

    [Fact]
    public async Task Whatever_cantaloupe_did_not_make_is_left_alone_and_counted()
    {
        using var cache = new TempCache();
        var (a, b) = (TempCache.PathOf(CacheKind.Image, "a"), TempCache.PathOf(CacheKind.Source, "b"));
        string[] strangers =
        [
            cache.Write("image/scan.jp2", Day * 999),
            cache.Write($"image/{Path.GetFileName(a)[..2]}/.nfs000000001", Day * 999),
            cache.Write($"image/00/11/22/{TempCache.Md5("a")}_{TempCache.Md5("b")}.jpg", Day * 999), // not the place of that hash
            cache.Write($"{b}.jp2", Day * 999),
            cache.Write($"{Path.GetDirectoryName(b)}/back\nslash\\ \u0007..\u202e", Day * 999),
        ];
        string[] notEvenLookedAt = [cache.Write("2/5/ab/cd/scan.jp2", Day * 999), cache.Write("images/ab/x.jpg", Day * 999), cache.Write("image/Old/x.jpg", Day * 999)];
        Directory.CreateDirectory(cache.At("image/ab"));
        File.CreateSymbolicLink(cache.At($"image/ab/ab{TempCache.Md5("x")[2..]}_{TempCache.Md5("x")}.jpg"), cache.At(strangers[0]));
        var before = cache.Everything();
        var result = await cache.RunAsync(maxFiles: 1, maxBytes: 1);
        Assert.Equal(before, cache.Everything());
        Assert.Equal(strangers.Length + 2, result.Strangers); // and the link, and image/Old
        Assert.Equal((0, 0, 0), (result.Files, result.RemovedFiles, result.Faults));
        Assert.All(notEvenLookedAt, path => Assert.True(cache.Has(path)));
    }

    [Theory]
    [InlineData("image")]
    [InlineData("image/{0}")]
    [InlineData("image/{0}/{1}")]
    public async Task Folder_that_is_a_link_is_not_entered(string link)
    {
        using var cache = new TempCache();
        var tile = TempCache.PathOf(CacheKind.Image, "a");
        var place = string.Format(System.Globalization.CultureInfo.InvariantCulture, link, tile.Split('/')[1], tile.Split('/')[2]);
        var there = Path.Combine(cache.Outside, Path.GetRelativePath(place, tile));
        Directory.CreateDirectory(Path.GetDirectoryName(there)!);
        File.WriteAllText(there, "outside");
        File.SetLastWriteTimeUtc(there, new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Directory.CreateDirectory(Path.GetDirectoryName(cache.At(place))!);
        Directory.CreateSymbolicLink(cache.At(place), cache.Outside);
        var result = await cache.RunAsync(maxFiles: 1, maxBytes: 1);
        Assert.True(File.Exists(there));
        Assert.Equal((0, 1), (result.Files, result.Strangers));
    }

    [Fact]
    public async Task Folders_go_when_they_have_long_been_empty_and_only_those()
    {
        using var cache = new TempCache();
        cache.AddFolder("image/ab/cd/ef", TimeSpan.FromHours(2));
        cache.AddFolder("image/ab/cd/01", TimeSpan.FromMinutes(50));
        cache.AddFolder("image/ff", TimeSpan.FromDays(2));
        cache.AddFolder("image/Other", TimeSpan.FromDays(2));
        cache.AddFolder("info", TimeSpan.FromDays(2));
        var tile = cache.Add(CacheKind.Image, "a", Day * 5);
        var result = await cache.RunAsync(maxFiles: 100);
        Assert.False(Directory.Exists(cache.At("image/ab/cd/ef")));
        Assert.False(Directory.Exists(cache.At("image/ff")));
        Assert.All(["image/ab/cd/01", "image/Other", "info", "image"], path => Assert.True(Directory.Exists(cache.At(path))));
        Assert.True(cache.Has(tile));
        Assert.Equal(2, result.Kinds[CacheKind.Image].RemovedFolders);
    }

    [Fact]
    public async Task Other_depths_and_lengths_of_cantaloupes_folders_are_walked_as_well()
    {
        using var cache = new TempCache();
        var (a, b) = (TempCache.Md5("a"), TempCache.Md5("b"));
        string[] files = [$"image/{a}_{b}.jpg", $"image/{a[..3]}/{a}_{b}.png", $"image/{a[..16]}/{a[16..32]}/{a}_{b}.tif", $"source/{a}", $"source/{a[..1]}/{a[1..2]}/{a[2..3]}/{a[3..4]}/{a}"];
        foreach (var file in files)
            cache.Write(file, Day * 5);
        var result = await cache.RunAsync(maxFiles: 1, lowWater: 1);
        Assert.Equal((files.Length, files.Length, 0), (result.Files, result.RemovedFiles, result.Strangers));
    }

    [Fact]
    public async Task Dry_run_says_the_same_and_removes_nothing()
    {
        using var cache = new TempCache();
        for (var i = 0; i < 40; i++)
            cache.Add((CacheKind)(i % 3), $"{i}", Day * i, 100 * i);
        cache.AddFolder("image/ab", Day);
        cache.Write(TempCache.PathOf(CacheKind.Info, "a") + "_qtp1-2.tmp", Day * 2);
        var before = cache.Everything();
        var would = await cache.RunAsync(maxFiles: 20, lowWater: 80, dryRun: true);
        Assert.Equal(before, cache.Everything());
        var did = await cache.RunAsync(maxFiles: 20, lowWater: 80);
        Assert.Equivalent(did, would, strict: true);
        Assert.Equal(before.Count - did.RemovedFiles - 1, cache.Everything().Count);
    }

    [Fact]
    public async Task Root_that_is_gone_is_said_and_nothing_else()
    {
        using var cache = new TempCache();
        Directory.Delete(cache.Root);
        var result = await cache.RunAsync(maxFiles: 1);
        Assert.Contains("ENOENT", result.CutShort, StringComparison.Ordinal);
        Assert.False(result.WithinBudget);
        Directory.CreateDirectory(cache.Root);
    }

    [Fact]
    public async Task Many_files_that_were_never_read_mean_that_access_times_are_not_kept()
    {
        using var cache = new TempCache();
        for (var i = 0; i < 1_000; i++)
            cache.Age(cache.Add(CacheKind.Image, "a", Day, operations: $"{i}"), Day, Day);
        Assert.Equal(AccessTimes.NotKept, (await cache.RunAsync(maxFiles: 2_000)).AccessTimes);
        cache.Age(TempCache.PathOf(CacheKind.Image, "a", "7"), Day * 2, Day);
        Assert.NotEqual(AccessTimes.NotKept, (await cache.RunAsync(maxFiles: 2_000)).AccessTimes);
    }

    [Fact]
    public async Task Measures_say_what_the_last_sweep_left()
    {
        using var cache = new TempCache();
        for (var i = 0; i < 10; i++)
            cache.Add(CacheKind.Image, $"{i}", Day * (i + 1));
        var left = new ConcurrentDictionary<(string, string), long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == Telemetry.Name) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(t => t.Key, t => $"{t.Value}");
            if (labels.GetValueOrDefault("root") == cache.Root)
                left[(instrument.Name, labels["kind"])] = value;
        });
        listener.Start();
        await cache.RunAsync(maxFiles: 6, dryRun: true);
        Assert.Empty(left);
        await cache.RunAsync(maxFiles: 6);
        Assert.Equal((6, 6 * 4096, 0), (left[("understudy.cachefolder.files", "image")], left[("understudy.cachefolder.bytes", "image")], left[("understudy.cachefolder.files", "info")]));
    }
}
