using System.Diagnostics;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>
/// Two workers on a small disk that somebody else fills up, too: copies, uses, pins, deletions and evictions, and workers that are killed in the middle of it.
/// <see cref="TortureSettings"/> says how to replay one, or have it go on for longer.
/// </summary>
public sealed class TortureTests(PostgresServer postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static TheoryData<int> Seeds => [TortureSettings.Number("TORTURE_SEED") ?? Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Store_on_a_disk_that_fills_keeps_its_budget_and_what_is_protected_and_loses_nothing(int seed)
    {
        var settings = TortureSettings.OfEnvironment(seed);
        Say($"{settings}");
        await using var world = await TortureWorld.StartAsync(postgres);
        Visitor[] visitors = [.. Enumerable.Range(0, TortureSettings.Visitors).Select(i => new Visitor(world, [.. world.Assets.Where((_, n) => n % TortureSettings.Visitors == i)], seed + 3 + i))];
        var (foreigner, killer) = (new Foreigner(world.Foreign, seed + 1), new Killer(world.Workers, seed + 2));
        var watch = new Watch(world, foreigner);
        using var watched = new CancellationTokenSource();
        var watching = Task.Run(() => watch.RunAsync(watched.Token));
        try
        {
            using (var over = new CancellationTokenSource(4 * settings.Time))
            {
                var all = Task.WhenAll([.. visitors.Select(v => Task.Run(() => v.RunAsync(over.Token))), Task.Run(() => foreigner.RunAsync(over.Token)), Task.Run(() => killer.RunAsync(over.Token))]);
                await Task.Delay(settings.Time);
                while (!over.IsCancellationRequested && (visitors.Sum(v => v.Deeds) < TortureSettings.Deeds || killer.Kills < TortureSettings.Kills))
                    await Task.Delay(100);
                await over.CancelAsync();
                await all;
            }

            var chaos = Stopwatch.GetTimestamp();
            await ComeToRestAsync(world);
            await watched.CancelAsync();
            await watching;
            Say($"{visitors.Sum(v => v.Deeds)} deeds, {killer.Kills} kills, {foreigner.Visits} visits; {watch.Looks} looks saw {watch.Gone} files go, at most {watch.Most} bytes; at rest after {Stopwatch.GetElapsedTime(chaos).TotalSeconds:0.0} s; "
                + $"answers: {string.Join(", ", visitors.SelectMany(v => v.Answers).GroupBy(a => a.Key).OrderBy(g => g.Key).Select(g => $"{g.Sum(a => a.Value)} {g.Key}"))}");
            Assert.True(watch.Violations.IsEmpty, string.Join('\n', watch.Violations.Take(10)));
            await AssertRecordsMatchAsync(world);
            await AssertAllComesAsync(world);
        }
        catch when (settings.Keep)
        {
            world.Keep();
            Say($"see {world.Logs}");
            throw;
        }
    }

    /// <summary>The disk is the store's again, nothing is pinned: whatever waits for room gets it.</summary>
    private static async Task ComeToRestAsync(TortureWorld world)
    {
        const string Left = "select coalesce(string_agg(concat_ws(' ', asset_id, stage, lane, fault, reason), '; '), '') from plan";
        for (var since = Stopwatch.GetTimestamp(); await world.QueryAsync<string>(Left) is { Length: > 0 } left; await Task.Delay(100))
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"after {Patience}, plans are left: {left}; {await world.QueryAsync<string>("select store::text from store")}");
        // What was put aside goes last.
        for (var since = Stopwatch.GetTimestamp(); await world.QueryAsync<long>("select retired from store") > 0; await Task.Delay(100))
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"after {Patience}, files are kept for readers");
    }

    private static async Task AssertRecordsMatchAsync(TortureWorld world)
    {
        Assert.Equal("", await world.QueryAsync<string>("select coalesce(string_agg(asset_id || ' ' || detail, '; '), '') from history where what = 'given up'"));
        Assert.Equal(
            await world.QueryAsync<string>("select coalesce(sum(bytes), 0) || ' in ' || count(*) || ', 0, 0' from copy"),
            await world.QueryAsync<string>("select used || ' in ' || copies || ', ' || reserved || ', ' || retired from store"));
        string[] files = [.. Directory.EnumerateFiles(world.Store, "*.jp2", SearchOption.AllDirectories)
            .Select(f => $"{Path.GetRelativePath(world.Store, f)} {new FileInfo(f).Length}").Order(StringComparer.Ordinal)];
        Assert.Equal(await world.QueryAsync<string[]>("select coalesce(array_agg(path || ' ' || bytes order by (path || ' ' || bytes) collate \"C\"), '{}') from copy"), files);
        Assert.Equal([], Directory.EnumerateFiles(Path.Combine(world.Store, ".understudy"), "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".part" or ".salvage" || Path.GetFileName(Path.GetDirectoryName(f)) == "retired"));
    }

    /// <summary>With room for all of them, everybody who asks gets the newest.</summary>
    private static async Task AssertAllComesAsync(TortureWorld world)
    {
        await world.EnlargeAsync();
        var random = new Random(0);
        var wanted = world.Assets.Where(a => !a.MayBeDeleted).ToArray();
        await world.AskAsync(random, api => api.SendAsync(wanted.Select(a => new InfoJsonRequested { Id = a.Id })));
        for (var since = Stopwatch.GetTimestamp(); await world.QueryAsync<long>("select count(*) from plan") > 0; await Task.Delay(100))
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"after {Patience}, not all has come");
        Assert.All(wanted, a => Assert.True(a.Newest.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(world.Store, a.Path))), $"{a.Id} isn't the newest"));
    }

    private static void Say(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Console.WriteLine(text);
    }
}
