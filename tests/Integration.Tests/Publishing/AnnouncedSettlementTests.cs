using System.Text.Json;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Publishing;

/// <summary>What a settlement writes into the outbox.</summary>
public sealed class AnnouncedSettlementTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
        _node.Publishing.InMemory = true;
        await _node.Registry.SignOnAsync(CancellationToken.None);
    }

    [Fact]
    public async Task First_copy_is_announced_as_ready_with_what_is_known_of_it()
    {
        await CopyAsync(Samples.Ingested(Id), 10);

        var ready = Assert.IsType<AssetReady>(Assert.Single(await AnnouncedAsync()));
        Assert.Equal(
            new AssetReady { Id = Id, At = ready.At, Path = "2/5/foo.jp2", Bytes = 10, ETag = "\"10\"", Source = "s3://bucket/key", Checksum = "ffffffff", Width = 640, Height = 480 },
            ready);
        Assert.Equal(TimeSpan.Zero, ready.At.Offset);
        Assert.Equal(ready.Checksum, (await _catalogue.ViewAsync(Id)).Copy!.Checksum);
        Assert.Equal(1, await _catalogue.AskAsync<long>("select count(*) from outbox where type = 'AssetReady' and asset_id = '2/5/foo' and body->>'at' = utc_text(created_at)"));
    }

    [Fact]
    public async Task Copy_without_known_dimensions_is_announced_without_them()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();

        await _node.SettleAsync(attempt, new Outcome.Copied(Samples.Copy(Id, 10) with { Facts = null }, null, Adopted: true));

        var ready = Assert.IsType<AssetReady>(Assert.Single(await AnnouncedAsync()));
        Assert.Equal((null, null), (ready.Width, ready.Height));
    }

    [Fact]
    public async Task Copy_that_was_confirmed_is_not_announced_again()
    {
        await CopyAsync(Samples.Ingested(Id), 10);
        await ConfirmAsync(Samples.Ingested(Id));

        Assert.Equal(["AssetReady"], await TypesAsync());
    }

    [Fact]
    public async Task Refresh_is_announced_whether_the_bytes_changed_or_not()
    {
        await CopyAsync(Samples.Ingested(Id), 10);
        await CopyAsync(new SourceUpdated { Id = Id }, 20);
        await ConfirmAsync(new SourceUpdated { Id = Id });

        Assert.Equal(["AssetReady", "AssetRefreshed", "AssetRefreshed"], await TypesAsync());
    }

    [Fact]
    public async Task Removal_is_announced_if_there_was_a_copy()
    {
        await CopyAsync(Samples.Ingested(Id), 10);
        await RemoveAsync();
        await RemoveAsync();

        var evicted = (await AnnouncedAsync()).OfType<AssetEvicted>().Single();
        Assert.Equal(new AssetEvicted { Id = Id, At = evicted.At, Path = "2/5/foo.jp2", Bytes = 10, Reason = EvictionReason.Deleted }, evicted);
    }

    [Fact]
    public async Task Plan_that_is_given_up_is_announced_and_one_that_comes_again_is_not()
    {
        await FailAsync(Samples.Ingested(Id), new Outcome.Failed("broken"), dead: false);
        await FailAsync(null, new Outcome.NoRoom("full"), dead: false);
        await FailAsync(null, new Outcome.Stopped(), dead: false);
        Assert.Empty(await TypesAsync());

        await FailAsync(null, new Outcome.Failed("broken for good"), dead: true);

        var failed = Assert.IsType<AssetFailed>(Assert.Single(await AnnouncedAsync()));
        Assert.Equal(new AssetFailed { Id = Id, At = failed.At, Fault = Fault.Failed, Reason = "broken for good", Attempts = 2 }, failed);
        Assert.Equal(2, (await _catalogue.ViewAsync(Id)).Plan!.Attempts);
    }

    [Fact]
    public async Task Copy_that_is_confirmed_after_a_failure_was_announced_is_announced()
    {
        await CopyAsync(Samples.Ingested(Id), 10);
        await FailAsync(Samples.Ingested(Id), new Outcome.Hopeless(Fault.SourceGone, "gone"), dead: true);
        await ConfirmAsync(Samples.Ingested(Id));
        await ConfirmAsync(Samples.Ingested(Id));

        Assert.Equal(["AssetReady", "AssetFailed", "AssetReady"], await TypesAsync());
    }

    [Fact]
    public async Task Copy_of_a_generation_that_was_overtaken_is_announced_when_the_next_attempt_confirms_it()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var overtaken = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync(Samples.Ingested(Id));
        Assert.True(await _node.SettleAsync(overtaken, Samples.Copied(overtaken, 10)));
        Assert.Empty(await TypesAsync());

        await ConfirmAsync(null);

        Assert.Equal(["AssetReady"], await TypesAsync());
    }

    [Fact]
    public async Task Overtaken_failure_is_not_announced()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var overtaken = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync(Samples.Ingested(Id));

        Assert.True(await _node.SettleAsync(overtaken, new Outcome.Hopeless(Fault.BadSource, "bad"), dead: true));

        Assert.Empty(await TypesAsync());
    }

    [Fact]
    public async Task Superseded_attempt_announces_nothing_and_a_repeated_settlement_nothing_more()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var older = (await _node.LeaseAsync()).Single();
        await _node.Registry.SignOnAsync(CancellationToken.None);
        var newer = (await _node.LeaseAsync()).Single();

        Assert.False(await _node.SettleAsync(older, Samples.Copied(older, 10)));
        Assert.False(await _node.SettleAsync(older, new Outcome.Hopeless(Fault.BadSource, "bad"), dead: true));
        Assert.Empty(await TypesAsync());

        Assert.True(await _node.SettleAsync(newer, Samples.Copied(newer, 10)));
        Assert.False(await _node.SettleAsync(newer, Samples.Copied(newer, 10)));
        Assert.Equal(["AssetReady"], await TypesAsync());
    }

    [Fact]
    public async Task Nothing_is_written_while_publishing_is_off()
    {
        _node.Publishing.InMemory = false;
        await CopyAsync(Samples.Ingested(Id), 10);
        await CopyAsync(new SourceUpdated { Id = Id }, 20);
        await FailAsync(new SourceUpdated { Id = Id }, new Outcome.Hopeless(Fault.SourceGone, "gone"), dead: true);
        await RemoveAsync();

        Assert.Empty(await TypesAsync());
    }

    [Fact]
    public async Task Settlement_whose_connection_dies_is_written_with_its_announcement_once()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        Task<bool> settled;
        await using (var held = await _catalogue.Source.OpenConnectionAsync())
        {
            await using var transaction = await held.BeginTransactionAsync();
            await new NpgsqlCommand("select from store for update", held).ExecuteNonQueryAsync();
            settled = _node.SettleAsync(attempt, Samples.Copied(attempt, 10));
            await Eventually.TrueAsync(
                async () => await _catalogue.AskAsync<long>("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
                "killed at work");
            Assert.Empty(await TypesAsync());
        }

        Assert.True(await settled);
        Assert.Equal(["AssetReady"], await TypesAsync());
        Assert.Equal(10, (await _catalogue.ViewAsync(Id)).Copy!.Bytes);
    }

    /// <summary>Whatever happens in whatever order: who has heard all announcements knows where each asset stands that is at rest.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Newest_announcement_says_where_an_asset_at_rest_stands(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 200; step++)
        {
            var id = Samples.Asset($"{random.Next(4)}");
            await _node.AcceptAsync(random.Next(4) switch
            {
                0 => new AssetDeleted { Id = id },
                1 => new SourceUpdated { Id = id },
                _ => Samples.Ingested(id),
            });
            foreach (var attempt in await _node.LeaseAsync())
            {
                if (random.Next(3) == 0)
                    await _node.AcceptAsync(random.Next(3) == 0 ? new AssetDeleted { Id = attempt.Id } : Samples.Ingested(attempt.Id));
                var outcome = Outcome(random, attempt, step);
                await _node.SettleAsync(attempt, outcome, dead: outcome is Outcome.Hopeless);
            }

            var newest = (await AnnouncedAsync()).GroupBy(a => a.Id).ToDictionary(g => g.Key, g => g.Last());
            for (var asset = 0; asset < 4; asset++)
            {
                var view = await _catalogue.Views.FindAsync(Samples.Asset($"{asset}"), CancellationToken.None);
                var said = newest.GetValueOrDefault(Samples.Asset($"{asset}"));
                Assert.True(
                    view?.State switch
                    {
                        AssetState.Present => said is CopyAnnouncement copy && copy.ETag == view.Copy!.ETag,
                        AssetState.Dead => said is AssetFailed,
                        AssetState.Absent => said is not CopyAnnouncement,
                        _ => true,
                    },
                    $"seed {seed}, step {step}: asset {asset} is {view?.State} with {view?.Copy?.ETag}, and the newest announcement is {said}");
            }
        }
    }

    private static Outcome Outcome(Random random, Attempt attempt, int step) => random.Next(6) switch
    {
        0 => new Outcome.Failed("broken"),
        1 => new Outcome.Hopeless(Fault.BadSource, "bad"),
        _ when attempt.Stage == Stages.Remove => new Outcome.Removed(attempt.Copy is { } gone ? new RetiredFile($"{Guid.NewGuid()}", gone.Version.Length) : null),
        2 or 3 when attempt.Copy is { } there => new Outcome.AlreadyThere(there),
        _ => Samples.Copied(attempt, step + 1),
    };

    private async Task<Attempt> LeaseAsync(AssetEvent? happened)
    {
        if (happened is not null)
            await _node.AcceptAsync(happened);
        return (await _node.LeaseAsync()).Single();
    }

    private async Task CopyAsync(AssetEvent happened, long bytes)
    {
        var attempt = await LeaseAsync(happened);
        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, bytes)));
    }

    private async Task ConfirmAsync(AssetEvent? happened)
    {
        var attempt = await LeaseAsync(happened);
        Assert.True(await _node.SettleAsync(attempt, new Outcome.AlreadyThere(attempt.Copy!)));
    }

    private async Task RemoveAsync() => Assert.True(await _node.SettleAsync(await LeaseAsync(new AssetDeleted { Id = Id }), new Outcome.Removed(null)));

    private async Task FailAsync(AssetEvent? happened, Outcome outcome, bool dead) => Assert.True(await _node.SettleAsync(await LeaseAsync(happened), outcome, dead));

    private async Task<IReadOnlyList<AssetAnnouncement>> AnnouncedAsync() =>
        [.. (await _catalogue.ListAsync<string>("select body::text from outbox order by id")).Select(json => JsonSerializer.Deserialize<AssetAnnouncement>(json, Wire.Json)!)];

    private Task<IReadOnlyList<string>> TypesAsync() => _catalogue.ListAsync<string>("select body->>'type' from outbox order by id");

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }
}
