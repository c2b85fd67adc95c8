using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Scavenging.Policies;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>What the catalogue notes of a use and of a copy, against the policy in code.</summary>
public sealed class ScoreTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private static readonly Heat Sut = new(ByWorth.HalfLife);
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
        await _node.Registry.SignOnAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }

    [Fact]
    public async Task Heat_and_score_are_the_same_in_the_catalogue_and_in_code()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SCORE_SEED"), out var given) ? given : Environment.TickCount & 0xFFFFF;
        TestContext.Current.TestOutputHelper!.WriteLine($"SCORE_SEED={seed}");
        var random = new Random(seed);
        var (now, policy) = (1_795_000_000d, new ByWorth());
        var samples = Enumerable.Range(0, 5_000).Select(_ =>
        {
            var at = Math.Round(now + (random.NextDouble() * Math.Pow(10, random.Next(10))), 6);
            var heat = random.Next(4) == 0 ? (double?)null : (at / ByWorth.HalfLife) + ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(5)));
            return (Heat: heat, At: at, Weight: random.Next(1, 2_000), Bytes: 1 + (long)Math.Exp(random.NextDouble() * 28));
        }).ToArray();

        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        var found = await connection.QueryAsync<(double Heat, double Score)>(
            """
            select heat_after(s.heat, s.at, s.weight), keep_score(s.heat, s.at, s.bytes)
            from unnest(@heat, @at, @weight, @bytes) with ordinality as s(heat, at, weight, bytes, n) order by n
            """,
            new
            {
                heat = samples.Select(s => s.Heat).ToArray(),
                at = samples.Select(s => DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(s.At * 1e6) * 10)).ToArray(),
                weight = samples.Select(s => (double)s.Weight).ToArray(),
                bytes = samples.Select(s => s.Bytes).ToArray(),
            });

        foreach (var (sample, (heat, score)) in samples.Zip(found))
        {
            Assert.True(Near(Sut.After(sample.Heat ?? Heat.None, sample.At, sample.Weight), heat), $"seed {seed}: {sample}: heat {heat}");
            Assert.True(Near(policy.Score(sample.Heat ?? Heat.None, sample.At, sample.Bytes), score), $"seed {seed}: {sample}: score {score}");
        }
    }

    [Fact]
    public async Task Uses_make_an_asset_warmer_by_their_number_and_their_time()
    {
        await _node.AcceptAsync(Enumerable.Repeat(Hit(), 7).ToArray());
        var first = await AssetAsync();
        await _node.AcceptAsync(Hit());
        var second = await AssetAsync();

        Assert.Equal(Sut.After(Heat.None, first.UsedAt, 7), first.Heat!.Value, 6);
        Assert.Equal(Sut.After(first.Heat!.Value, second.UsedAt), second.Heat!.Value, 6);
        Assert.Equal(3, second.Heat!.Value - (second.UsedAt / ByWorth.HalfLife), 3);
    }

    [Fact]
    public async Task What_is_no_use_leaves_the_heat_as_it_is()
    {
        await CopyAsync(1_000);
        await _node.AcceptAsync(new SourceUpdated { Id = Id });
        Assert.Null((await AssetAsync()).Heat);
    }

    [Fact]
    public async Task Use_of_a_copy_that_is_there_writes_nothing_to_its_row()
    {
        await CopyAsync(1_000);
        var before = await _catalogue.AskAsync<string>("select ctid::text from copy");
        for (var i = 0; i < 20; i++)
            await _node.AcceptAsync(Hit());
        Assert.Equal(before, await _catalogue.AskAsync<string>("select ctid::text from copy"));
    }

    [Fact]
    public async Task Copy_that_was_made_ahead_is_worth_a_quarter_of_one_that_was_asked_for()
    {
        await CopyAsync(1_000);
        var ahead = await ScoreAsync();
        await _node.AcceptAsync(Hit());
        var used = await _catalogue.AskAsync<double>("select keep_score(a.heat, c.copied_at, c.bytes) from asset a join copy c on c.asset_id = a.id");
        Assert.Equal(2, used - ahead, 3);
    }

    [Fact]
    public async Task Copy_that_comes_back_is_worth_what_its_uses_before_it_went_make_it()
    {
        await _node.AcceptAsync([.. Enumerable.Repeat(Hit(), 16), new AssetIngested { Id = Id, Source = "s3://bucket/key" }]);
        await SettleAsync(a => Samples.Copied(a, 1_000));
        var before = await ScoreAsync();
        await _node.AcceptAsync(new AssetDeleted { Id = Id });
        await SettleAsync(_ => new Outcome.Removed(null));
        await _node.AcceptAsync(new AssetIngested { Id = Id, Source = "s3://bucket/key" });
        await SettleAsync(a => Samples.Copied(a, 1_000));

        Assert.Equal(before, await ScoreAsync());
    }

    [Fact]
    public async Task Copy_that_is_replaced_by_a_larger_file_is_worth_less_and_one_that_is_unchanged_the_same()
    {
        await CopyAsync(1_000_000);
        var small = await ScoreAsync();
        await _node.AcceptAsync(new SourceUpdated { Id = Id });
        await SettleAsync(a => new Outcome.AlreadyThere(Samples.Copy(a.Id, 1_000_000)));
        Assert.Equal(small, await ScoreAsync());

        await _node.AcceptAsync(new SourceUpdated { Id = Id });
        await SettleAsync(a => Samples.Copied(a, 100_000_000));
        Assert.Equal(Math.Log2(CopyCost.Seconds(100_000_000) / 100_000_000 / (CopyCost.Seconds(1_000_000) / 1_000_000)), await ScoreAsync() - small, 3);
    }

    [Fact]
    public async Task Copies_from_before_there_were_scores_get_one_from_their_last_use()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await MigrateAsync(source, [.. Migration.Embedded.TakeWhile(m => m.Name != "scavenging")]);
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into asset (id, customer, space, generation, hits, used_at) values ('1/1/used', 1, 1, 1, 5, '2026-11-01Z'), ('1/1/never', 1, 1, 1, 0, null);
            insert into copy (asset_id, path, bytes, source, crc32c, generation, copied_at)
            select id, id, 1000, 's3://bucket/key', 1, 1, '2026-10-01Z' from asset
            """);

        await MigrateAsync(source, Migration.Embedded);

        var policy = new ByWorth();
        var (copied, used) = (At(2026, 10), At(2026, 11));
        Assert.Equal(
            [("1/1/never", policy.Score(Heat.None, copied, 1000)), ("1/1/used", policy.Score(policy.Remember(Heat.None, used), copied, 1000))],
            (await connection.QueryAsync<(string Id, double Score)>("select asset_id, score from copy order by 1")),
            (expected, actual) => expected.Item1 == actual.Item1 && Near(expected.Item2, actual.Item2));
    }

    private static double At(int year, int month) => new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private static Task MigrateAsync(NpgsqlDataSource source, IReadOnlyList<Migration> migrations) =>
        new Migrator(source, migrations, Options.Create(new CatalogueOptions()), TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);

    // SQL has its numbers in another order, and dates as microseconds.
    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Abs(expected));

    private static InfoJsonRequested Hit() => new() { Id = Id };

    private async Task CopyAsync(long bytes)
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        await SettleAsync(a => Samples.Copied(a, bytes));
    }

    private async Task SettleAsync(Func<Attempt, Outcome> outcome)
    {
        var attempt = (await _node.LeaseAsync()).Single();
        Assert.True(await _node.SettleAsync(attempt, outcome(attempt)));
    }

    private async Task<(double? Heat, double UsedAt)> AssetAsync() =>
        (await _catalogue.ListAsync<(double?, double)>("select heat, extract(epoch from used_at)::float8 from asset")).Single();

    private Task<double> ScoreAsync() => _catalogue.AskAsync<double>("select score from copy");
}
