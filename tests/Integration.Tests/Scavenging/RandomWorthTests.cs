using Dapper;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Scavenging.Uses;
using Understudy.Scavenging.Worth;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>A long walk at random on two workers, and the numbers held against a model in memory. WORTH_SEED replays one.</summary>
public sealed class RandomWorthTests(PostgresServer postgres)
{
    private const int Steps = 500;

    // Two of them are more than a day; one, two and three are steps of lead of their own, whatever a slow machine adds.
    private static readonly TimeSpan Shift = TimeSpan.FromHours(13);

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Numbers_are_those_of_a_model_that_knows_everything(int run)
    {
        var seed = Environment.GetEnvironmentVariable("WORTH_SEED") is { Length: > 0 } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"run {run}: WORTH_SEED={seed}");
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await using var one = new Node(catalogue, "one");
        await using var other = new Node(catalogue, "other");
        await one.Registry.SignOnAsync(CancellationToken.None);
        await other.Registry.SignOnAsync(CancellationToken.None);
        var walk = new Walk(new Random(seed), catalogue, [one, other]);

        for (var step = 0; step < Steps; step++)
        {
            var did = await walk.StepAsync();
            if (step % 10 == 9)
                Assert.Equal((seed, step, did, walk.Expected()), (seed, step, did, await walk.CountedAsync()));
        }

        Assert.Equal(walk.Uses, (await new RecordedUses(catalogue.Source).ReadAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, CancellationToken.None).ToListAsync()).Sum(u => u.Hits));
    }

    private sealed record Copy(long Bytes, bool? Ahead, int MadeAt)
    {
        public bool Used { get; set; }

        public bool IsUnused => Ahead == true && !Used;
    }

    private sealed class Asset(AssetId id)
    {
        public AssetId Id => id;

        public Copy? Copy { get; set; }

        public bool UsedSincePlan { get; set; }

        /// <summary>In shifts.</summary>
        public int? EvictedAt { get; set; }
    }

    private sealed class Walk(Random random, TestCatalogue catalogue, Node[] nodes)
    {
        private readonly Asset[] _assets = [.. Enumerable.Range(0, 6).Select(i => new Asset(Samples.Asset($"{i}", customer: 1 + (i % 2))))];
        private readonly SortedDictionary<string, (long N, long Bytes)> _sums = new(StringComparer.Ordinal);
        private int _shifts;

        public int Uses { get; private set; }

        public async Task<string> StepAsync()
        {
            var (node, asset) = (nodes[random.Next(nodes.Length)], _assets[random.Next(_assets.Length)]);
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    return await UseAsync(node, asset, random.Next(1, 4));
                case 3:
                    await node.AcceptAsync(Samples.Ingested(asset.Id));
                    return $"ingested {asset.Id}";
                case 4 when random.Next(3) == 0:
                    await node.AcceptAsync(new AssetDeleted { Id = asset.Id });
                    return $"deleted {asset.Id}";
                case 5:
                    await catalogue.ExecuteAsync(WorthTests.Passing, new { time = Shift });
                    _shifts++;
                    return "time passed";
                case 6:
                    await catalogue.ExecuteAsync(
                        "insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) select a.id, a.customer, 'absent', 'evict', 4, a.generation, now() from asset a join copy c on c.asset_id = a.id where a.id = @id on conflict do nothing",
                        new { id = $"{asset.Id}" });
                    return await SettleAllAsync(node, Pool.Room);
                case 7 when random.Next(4) == 0:
                    return await LoseAsync(asset);
                case 8:
                    await new WorthSums(catalogue.Source).FoldAsync(CancellationToken.None);
                    return "folded";
                default:
                    return await SettleAllAsync(node, Pool.Store);
            }
        }

        public string Expected() =>
            string.Join('\n', _sums.Select(s => $"{s.Key} {s.Value.N} {s.Value.Bytes}").Append($"never used {_assets.Count(a => a.Copy?.IsUnused == true)} {_assets.Sum(a => a.Copy?.IsUnused == true ? a.Copy.Bytes : 0)}"));

        public async Task<string> CountedAsync()
        {
            var rows = await catalogue.ListAsync<(int Customer, string What, int Step, long N, long Bytes)>(
                """
                select customer, what, case when step < 30 then 0 else step end as step, sum(n)::bigint, sum(bytes)::bigint
                from (select customer, what, step, n, bytes from worth_day union all select customer, what, step, n, bytes from worth_news) as counted group by 1, 2, 3
                """);
            var neverUsed = (await new WorthSums(catalogue.Source).NeverUsedAsync(CancellationToken.None)).Values;
            return string.Join('\n', rows.Select(r => (Key: Key(r.Customer, r.What, r.Step), r.N, r.Bytes)).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} {r.N} {r.Bytes}")
                .Append($"never used {neverUsed.Sum(s => s.Copies)} {neverUsed.Sum(s => s.Bytes)}"));
        }

        private async Task<string> UseAsync(Node node, Asset asset, int times)
        {
            await node.AcceptAsync([.. Enumerable.Repeat(new InfoJsonRequested { Id = asset.Id }, times)]);
            Use(asset, times);
            asset.UsedSincePlan |= await HasPlanAsync(asset);
            return $"{times} uses of {asset.Id}";
        }

        private void Use(Asset asset, int times)
        {
            Uses += times;
            Count(asset, asset.Copy is null ? "miss" : "hit", times, 0);
            if (asset.Copy is not { } copy)
                return;
            if (copy.IsUnused)
                Count(asset, "early", 1, 0, (_shifts - copy.MadeAt) switch { 0 => 0, var s => (int)Math.Floor(2 * Math.Log2(s * Shift.TotalSeconds)) });
            copy.Used = true;
        }

        private async Task<string> SettleAllAsync(Node node, Pool pool)
        {
            var attempts = (await node.Leases.TakeAsync(node.Registry.Id, pool, [99, 99, 99, 99, 99], CancellationToken.None)).Attempts;
            // What happens while they are at work.
            var meanwhile = attempts.Count > 0 && random.Next(3) == 0 ? await UseAsync(node, _assets.Single(a => a.Id == attempts[0].Id), 1) : "nothing";
            var did = new List<string>();
            foreach (var attempt in attempts)
            {
                var asset = _assets.Single(a => a.Id == attempt.Id);
                var outcome = attempt.Stage switch
                {
                    Stages.Remove => new Outcome.Removed(null),
                    Stages.Evict when random.Next(3) == 0 => new Outcome.Kept("used", random.Next(2) == 0 ? null : await NowAsync()),
                    Stages.Evict => new Outcome.Evicted(null),
                    _ when asset.Copy is { } there && random.Next(3) == 0 => new Outcome.AlreadyThere(Samples.Copy(asset.Id, there.Bytes)),
                    _ => (Outcome)(Samples.Copied(attempt, 1000 * random.Next(1, 3)) with { Adopted = random.Next(8) == 0 }),
                };
                Assert.True(await node.SettleAsync(attempt, outcome));
                Settle(asset, outcome);
                asset.UsedSincePlan &= await HasPlanAsync(asset);
                did.Add($"{attempt.Id} {outcome}");
            }

            return $"settled {string.Join(", ", did)}, meanwhile {meanwhile}";
        }

        private void Settle(Asset asset, Outcome outcome)
        {
            switch (outcome)
            {
                case Outcome.Removed or Outcome.Evicted:
                    if (asset.Copy is not null)
                        asset.EvictedAt = outcome is Outcome.Evicted ? _shifts : null;
                    Go(asset);
                    asset.Copy = null;
                    break;
                case Outcome.Kept { UsedAt: not null }:
                    Use(asset, 1);
                    break;
                case Outcome.Copied { Copy.Version.Length: var bytes, Adopted: var adopted } when asset.Copy?.Bytes != bytes:
                    var late = asset.Copy is null && asset.UsedSincePlan;
                    if (!adopted)
                    {
                        Count(asset, "made", 1, bytes);
                        if (late)
                            Count(asset, "late", 1, bytes);
                        if (asset.Copy is null && _shifts - asset.EvictedAt < 2)
                            Count(asset, "again", 1, bytes);
                    }

                    Go(asset);
                    asset.Copy = new Copy(bytes, adopted ? null : !late, _shifts);
                    asset.EvictedAt = null;
                    break;
            }
        }

        private async Task<string> LoseAsync(Asset asset)
        {
            if (asset.Copy is null || await HasPlanAsync(asset))
                return "nothing";
            await using var connection = await catalogue.Source.OpenConnectionAsync();
            await connection.ExecuteAsync(Sql.Named("Scavenging.Reconciling.Forget"), new
            {
                lost = new[] { $"{asset.Id}" }, held = Array.Empty<string>(), differing = Array.Empty<string>(), wanted = TimeSpan.Zero, publish = false,
            });
            Go(asset);
            (asset.Copy, asset.EvictedAt) = (null, null);
            return $"lost {asset.Id}";
        }

        private void Go(Asset asset)
        {
            if (asset.Copy is { Ahead: not null } former)
                Count(asset, "gone", 1, former.Bytes);
            if (asset.Copy is { IsUnused: true } unused)
                Count(asset, "unused", 1, unused.Bytes);
        }

        private void Count(Asset asset, string what, long n, long bytes, int step = 0)
        {
            var key = Key(asset.Id.Customer, what, step);
            var (former, formerBytes) = _sums.GetValueOrDefault(key);
            _sums[key] = (former + n, formerBytes + bytes);
        }

        private static string Key(int customer, string what, int step) => $"{customer} {what} {step}";

        private Task<bool> HasPlanAsync(Asset asset) => catalogue.AskAsync<bool>("select exists (select from plan where asset_id = @id)", new { id = $"{asset.Id}" });

        private async Task<DateTimeOffset> NowAsync() => (await catalogue.AskAsync<DateTime>("select now()")).ToUniversalTime();
    }
}
