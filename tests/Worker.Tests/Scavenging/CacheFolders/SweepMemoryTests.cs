using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

[CollectionDefinition(nameof(SweepMemoryTests), DisableParallelization = true)]
public sealed class SweepMemoryCollection;

/// <summary>By itself, for it looks at the whole process's heap.</summary>
[Collection(nameof(SweepMemoryTests))]
public sealed class SweepMemoryTests
{
    private const long Little = 2 << 20;

    [Fact]
    public async Task Ten_times_the_files_take_no_more_memory()
    {
        // The first run loads what every run needs.
        await PeakAsync(2_000);
        var few = await PeakAsync(20_000);
        var many = await PeakAsync(200_000);
        TestContext.Current.TestOutputHelper!.WriteLine($"live heap above the start: {few:N0} bytes with 20,000 files, {many:N0} with 200,000");
        // 200,000 names and times alone would be 30 MB.
        Assert.True(many < few + Little, $"{few:N0} bytes with 20,000 files, {many:N0} with 200,000");
    }

    /// <summary>The most that lived at any of a hundred moments of a sweep that removes a tenth, above what lived before it.</summary>
    private static async Task<long> PeakAsync(int files)
    {
        using var cache = new TempCache();
        Fill(cache, files);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (peak, met) = (0L, 0);
        var result = await cache.Sweep(TempCache.Options(cache.Root, files * 9L / 10), _ =>
        {
            if (++met % (files / 40) == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
        }, notes: false).RunAsync(null, (_, _, _) => Task.CompletedTask, CancellationToken.None);
        Assert.Equal((files, files / 10, true), (result.Files, result.RemovedFiles, result.WithinBudget));
        return peak;
    }

    private static void Fill(TempCache cache, int files)
    {
        // A few leaf folders with very many tiles each, and many with few.
        for (var i = 0; i < files; i++)
        {
            var identifier = i % 2 == 0 ? "large" : $"{i / 40}";
            var path = cache.At(TempCache.PathOf(CacheKind.Image, identifier, $"{i}"));
            if (i % 40 <= 1)
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, [1]);
            File.SetLastWriteTimeUtc(path, cache.Time.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1 + (i % 10_000)));
            File.SetLastAccessTimeUtc(path, cache.Time.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1 + (i % 10_000)));
        }
    }
}
