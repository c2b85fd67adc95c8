using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

/// <summary>Random trees and budgets on a real file system. <c>CACHE_SEED</c> replays.</summary>
public sealed class SweepProperties
{
    private static int First()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("CACHE_SEED"), out var given) ? given : Environment.TickCount & 0xFFFFF;
        TestContext.Current.TestOutputHelper!.WriteLine($"CACHE_SEED={first}");
        return first;
    }

    [Fact]
    public async Task Afterwards_it_is_within_its_budget_by_the_least_recently_used_and_nothing_else_is_touched()
    {
        var first = First();
        for (var seed = first; seed < first + 80; seed++)
            await CheckAsync(seed);
    }

    [Fact]
    public async Task Killed_anywhere_and_gone_on_from_its_last_checkpoint_it_ends_as_if_it_had_not_been()
    {
        var first = First();
        for (var seed = first; seed < first + 12; seed++)
        {
            var whole = await EndAsync(seed, new Random(seed), kills: 0);
            for (var i = 0; i < 6; i++)
            {
                var random = new Random(seed + (1_000 * i));
                var killed = await EndAsync(seed, random, kills: random.Next(1, 5));
                Assert.True(whole.SetEquals(killed), $"seed {seed}, {i}: {string.Join(", ", whole.Except(killed))} | {string.Join(", ", killed.Except(whole))}");
            }
        }
    }

    [Fact]
    public async Task Two_at_once_remove_no_more_than_one()
    {
        var first = First();
        for (var seed = first; seed < first + 12; seed++)
        {
            var whole = await EndAsync(seed, new Random(seed), kills: 0);
            using var cache = new TempCache();
            var random = new Random(seed);
            RandomCache.Fill(cache, random, 40);
            var options = Budget(cache, random, 220);
            var second = cache.Sweep(options);
            var (met, at) = (0, new Random(seed).Next(1, 500));
            await cache.Sweep(options, _ =>
            {
                // All of the other one, between two steps of this one.
                if (++met == at)
                    Assert.True(second.RunAsync(null, (_, _, _) => Task.CompletedTask, CancellationToken.None).IsCompletedSuccessfully);
            }).RunAsync(null, (_, _, _) => Task.CompletedTask, CancellationToken.None);
            Assert.True(whole.SetEquals(cache.Everything()), $"seed {seed}");
        }
    }

    private static async Task CheckAsync(int seed)
    {
        using var cache = new TempCache();
        var random = new Random(seed);
        var files = RandomCache.Fill(cache, random, random.Next(0, 60));
        RandomCache.AddStrangers(cache, random);
        var before = cache.Everything();
        var options = Budget(cache, random, files.Count);

        var result = await cache.Sweep(options).RunAsync(null, (_, _, _) => Task.CompletedTask, CancellationToken.None);

        var after = cache.Everything();
        var removed = files.Where(f => !after.Contains(f.Path)).ToList();
        var kept = files.Where(f => after.Contains(f.Path)).ToList();
        Assert.True(before.SetEquals(after.Concat(removed.Select(f => f.Path))), $"seed {seed}: something else is gone");
        Assert.Equal((files.Count, files.Sum(f => f.OnDisk)), (result.Files, result.Bytes));
        Assert.Equal((removed.Count, removed.Sum(f => f.OnDisk)), (result.RemovedFiles, result.RemovedBytes));

        Assert.All(files.Where(f => f.IsRubbish(options.MinAge)), f => Assert.DoesNotContain(f.Path, after));
        bool MayGo(CachedFile f) => !f.IsTemporary && f.Used >= options.MinAge;
        var victims = removed.Where(f => !f.IsRubbish(options.MinAge)).ToList();
        Assert.All(victims, f => Assert.True(MayGo(f), $"seed {seed}: {f} must stay"));
        var isWithin = options.Budget.Holds(kept.Count, kept.Sum(f => f.OnDisk));
        Assert.Equal(isWithin, result.WithinBudget);
        Assert.True(isWithin || !kept.Any(MayGo), $"seed {seed}: over the budget, and more could go");
        if (victims.Count == 0)
            return;

        int Bucket(CachedFile f) => AgeHistogram.BucketOf(f.Used, options.MinAge);
        var youngest = victims.Min(Bucket);
        Assert.True(kept.Where(MayGo).All(f => Bucket(f) <= youngest), $"seed {seed}: something stayed that was used before what went");
        var (all, allBytes) = (kept.Count + victims.Count, kept.Sum(f => f.OnDisk) + victims.Sum(f => f.OnDisk));
        Assert.All(victims.Where(f => Bucket(f) == youngest), f => Assert.True(
            kept.Count + 1 > options.Budget.TargetFiles(all) || kept.Sum(k => k.OnDisk) + f.OnDisk > options.Budget.TargetBytes(allBytes),
            $"seed {seed}: there was room for {f}"));
        Assert.Equal(0, (await cache.Sweep(options).RunAsync(null, (_, _, _) => Task.CompletedTask, CancellationToken.None)).RemovedFiles);
    }

    private static CacheFolderOptions Budget(TempCache cache, Random random, int files)
    {
        var most = Math.Max(1, files);
        return TempCache.Options(
            cache.Root,
            random.Next(3) > 0 ? random.Next(1, most + 20) : null,
            random.Next(1, most + 20) * 5_000L,
            random.Next(30, 101));
    }

    private static async Task<HashSet<string>> EndAsync(int seed, Random kill, int kills)
    {
        using var cache = new TempCache();
        var random = new Random(seed);
        RandomCache.Fill(cache, random, 40);
        var options = Budget(cache, random, 220);
        string? checkpoint = null;
        for (var left = kills; ; left--)
        {
            var steps = left == 0 ? int.MaxValue : kill.Next(1, 400);
            Task Note(string? noted, string progress, double? fraction)
            {
                checkpoint = noted;
                return Task.CompletedTask;
            }

            try
            {
                await cache.Sweep(options, _ =>
                {
                    if (--steps == 0)
                        throw new InvalidOperationException("killed");
                }).RunAsync(checkpoint, Note, CancellationToken.None);
                return cache.Everything();
            }
            catch (InvalidOperationException)
            {
                // Goes on as another process would.
            }
        }
    }
}
