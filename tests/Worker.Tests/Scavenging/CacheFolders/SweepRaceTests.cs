using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

/// <summary>Others are at work in the folder at the same time.</summary>
public sealed class SweepRaceTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task File_created_in_a_folder_that_is_just_being_removed_stays_with_it()
    {
        using var cache = new TempCache();
        cache.AddFolder("image/ab/cd/ef", Day);
        var result = await cache.RunAsync(maxFiles: 100, before: found =>
        {
            if (found is { What: FoundKind.Folder, Name: "ef" })
                File.WriteAllText(cache.At("image/ab/cd/ef/new"), "new");
        });
        Assert.True(cache.Has("image/ab/cd/ef/new"));
        Assert.Equal((0, 0), (result.Kinds[CacheKind.Image].RemovedFolders, result.Faults));
    }

    [Fact]
    public async Task Writers_into_folders_that_are_being_removed_lose_nothing()
    {
        using var cache = new TempCache();
        string[] ids = [.. Enumerable.Range(0, 300).Select(i => $"{i}")];
        var written = 0;
        using var over = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var path = Write(cache, TempCache.PathOf(CacheKind.Image, ids[i % ids.Length], $"{i}"));
                Assert.True(cache.Has(path), path);
                // So that its folder is empty again when the sweep comes next.
                File.Delete(cache.At(path));
                Interlocked.Increment(ref written);
            }
        });
        var removed = 0L;
        while (!writer.IsCompleted && (removed < 100 || Volatile.Read(ref written) < 300))
        {
            foreach (var id in ids)
                TryAge(cache, Path.GetDirectoryName(TempCache.PathOf(CacheKind.Image, id))!);
            removed += (await cache.RunAsync(maxFiles: 1_000_000)).Kinds[CacheKind.Image].RemovedFolders;
        }

        await over.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task File_used_between_the_two_walks_stays()
    {
        using var cache = new TempCache();
        string[] tiles = [cache.Add(CacheKind.Image, "a", Day * 5), cache.Add(CacheKind.Image, "b", Day * 5)];
        var looked = 0;
        var result = await cache.RunAsync(maxFiles: 1, lowWater: 1, before: found =>
        {
            // The third file is the first of the second walk.
            if (found.What == FoundKind.File && ++looked == 3)
                cache.Age(tiles.Single(t => Path.GetFileName(t) == found.Name), Day * 5, TimeSpan.Zero);
        });
        Assert.Single(tiles, cache.Has);
        Assert.Equal((1, 1), (result.RemovedFiles, result.Kinds[CacheKind.Image].UsedMeanwhile));
    }

    [Fact]
    public async Task Files_and_folders_that_vanish_are_counted_and_hold_up_nothing()
    {
        using var cache = new TempCache();
        var tiles = Enumerable.Range(0, 30).Select(i => cache.Add(CacheKind.Image, $"{i}", Day * (i + 1))).ToList();
        var met = 0;
        var result = await cache.RunAsync(maxFiles: 5, before: found =>
        {
            if (found.What == FoundKind.File && ++met is > 30 and <= 40)
                File.Delete(cache.At(tiles.Single(t => Path.GetFileName(t) == found.Name)));
            if (met == 45 && Directory.Exists(cache.At("image")))
                Directory.Delete(cache.At("image"), recursive: true);
        });
        Assert.True(result.Finished);
        Assert.Equal(0, result.Faults);
        Assert.True(result.Kinds[CacheKind.Image].Vanished > 0);
    }

    [Theory]
    [InlineData(FoundKind.File, 1)]
    [InlineData(FoundKind.File, 2)]
    [InlineData(FoundKind.File, 5)]
    [InlineData(FoundKind.Folder, 1)]
    [InlineData(FoundKind.Folder, 8)]
    public async Task Folder_swapped_for_a_link_in_the_middle_of_a_walk_leads_nowhere(object what, int at)
    {
        using var cache = new TempCache();
        string[] tiles = [.. Enumerable.Range(0, 6).Select(i => cache.Add(CacheKind.Image, $"{i}", Day * 50))];
        foreach (var tile in tiles)
        {
            var twin = Path.Combine(cache.Outside, tile);
            Directory.CreateDirectory(Path.GetDirectoryName(twin)!);
            File.WriteAllText(twin, "outside");
            File.SetLastWriteTimeUtc(twin, new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        var outside = Directory.GetFileSystemEntries(cache.Outside, "*", SearchOption.AllDirectories).ToHashSet();
        foreach (var depth in new[] { 1, 2, 3, 4 })
        {
            var met = 0;
            await cache.RunAsync(maxFiles: 1, lowWater: 1, before: found =>
            {
                if (found.What == (FoundKind)what && ++met == at)
                    Swap(cache, tiles, depth);
            });
            Assert.True(outside.SetEquals(Directory.GetFileSystemEntries(cache.Outside, "*", SearchOption.AllDirectories)), $"depth {depth}");
        }
    }

    private static void Swap(TempCache cache, string[] tiles, int depth)
    {
        foreach (var place in tiles.Select(t => string.Join('/', t.Split('/')[..depth])).Distinct().Where(p => Directory.Exists(cache.At(p)) && new DirectoryInfo(cache.At(p)).LinkTarget is null))
        {
            Directory.Move(cache.At(place), cache.At($"moved-{Guid.NewGuid():N}"));
            Directory.CreateSymbolicLink(cache.At(place), Path.Combine(cache.Outside, place));
        }
    }

    /// <summary>Has a folder look long empty, which the writer may be about to write into.</summary>
    private static void TryAge(TempCache cache, string folder)
    {
        try
        {
            cache.AddFolder(folder, Day);
        }
        catch (IOException)
        {
            // It was removed between two calls.
        }
    }

    /// <summary>As Cantaloupe does it, but trying again where its folder is taken away: it would send an empty image.</summary>
    private static string Write(TempCache cache, string path)
    {
        while (true)
        {
            try
            {
                Make(Path.GetDirectoryName(cache.At(path))!);
                File.WriteAllText(cache.At(path + "_qtp1-1.tmp"), "tile");
                File.Move(cache.At(path + "_qtp1-1.tmp"), cache.At(path));
                return path;
            }
            catch (DirectoryNotFoundException)
            {
                // Again.
            }
        }
    }

    private static void Make(string folder)
    {
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return;
            }
            catch (IOException) when (!File.Exists(folder))
            {
                // It was there, and when the runtime looked whether it is a folder, it was gone.
            }
        }
    }
}
