using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

internal sealed record CachedFile(string Path, CacheKind Kind, long Bytes, TimeSpan Used, TimeSpan Written, bool IsTemporary)
{
    public bool IsRubbish(TimeSpan minAge) => IsTemporary ? Written > TimeSpan.FromDays(2) : Bytes == 0 && Written > minAge;

    /// <summary>As tmpfs and ext4 count: in pages.</summary>
    public long OnDisk => (Bytes + 4095) / 4096 * 4096;
}

/// <summary>A tree that a seed makes, always the same way: images with tiles, old and new, some all of one age, beside what isn't Cantaloupe's.</summary>
internal static class RandomCache
{
    public static List<CachedFile> Fill(TempCache cache, Random random, int images)
    {
        var files = new List<CachedFile>();
        var sameAge = TimeSpan.FromDays(random.Next(1, 30));
        var hasSameAge = random.Next(3) == 0;
        for (var i = 0; i < images; i++)
        {
            var id = $"{random.Next()}";
            for (var tile = random.Next(1, 12); tile > 0; tile--)
            {
                var kind = tile == 1 ? CacheKind.Info : random.Next(12) == 0 ? CacheKind.Source : CacheKind.Image;
                var used = hasSameAge ? sameAge : TimeSpan.FromMinutes(Math.Pow(10, random.NextDouble() * 5.5));
                var temporary = random.Next(15) == 0;
                var path = TempCache.PathOf(kind, id, $"{tile}") + (temporary ? $"_qtp-{tile}.tmp" : "");
                if (files.Any(f => f.Path == path))
                    continue;
                var bytes = random.Next(12) == 0 ? 0 : random.Next(1, kind == CacheKind.Source ? 60_000 : 9_000);
                cache.Write(path, used, bytes);
                files.Add(new(path, kind, bytes, used, used * 2, temporary));
            }
        }

        return files;
    }

    /// <summary>What must be there afterwards as it was.</summary>
    public static void AddStrangers(TempCache cache, Random random)
    {
        var old = TimeSpan.FromDays(random.Next(100, 1_000));
        string[] folders = ["", "image", "info", "source", "image/ab", "source/ab/cd", "store/2/5", "images"];
        for (var i = random.Next(1, 10); i > 0; i--)
        {
            var folder = folders[random.Next(folders.Length)];
            cache.Write($"{folder}/{random.Next() % 1000}{(random.Next(2) == 0 ? ".jp2" : ".tmp")}", old);
            File.WriteAllText(Path.Combine(cache.Outside, $"{i}"), "outside");
            var link = cache.At($"{folder}/{random.Next(256):x2}{random.Next(256):x2}");
            if (!Path.Exists(link))
                Directory.CreateSymbolicLink(link, cache.Outside);
        }
    }
}
