using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Plans;

public sealed class ReservationTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestCatalogue _catalogue = null!;
    private StoreFolder _store = null!;
    private Node _node = null!;
    private Reservations _reservations = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _store = StoreFolder.Open(_folder.Path, TimeProvider.System, new TestLog<StoreFolder>());
        _node = new Node(_catalogue);
        _reservations = Reservations(new ByteSize(1_000));
        await _node.Registry.SignOnAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Many_that_reserve_at_once_on_two_nodes_never_exceed_the_budget()
    {
        await using var second = Reservations(new ByteSize(1_000));
        var attempts = await LeaseAsync(100);

        var refused = await Task.WhenAll(attempts.Select((a, i) => Task.Run(() => (i % 2 == 0 ? _reservations : second).ReserveAsync(a, 37, 0, CancellationToken.None))));

        Assert.Equal(1_000 / 37, refused.Count(r => r is null));
        Assert.Equal(1_000 / 37 * 37, await ReservedAsync());
        Assert.All(refused.OfType<Outcome.NoRoom>(), r => Assert.Matches("needs 37 bytes; the store holds or has promised [0-9]+ of Storage:MaxBytes 1,?000", r.Reason));
    }

    [Fact]
    public async Task Refused_attempt_leaves_nothing_and_does_not_stand_in_the_way_of_a_smaller_one()
    {
        var attempts = await LeaseAsync(3);

        var refused = await TogetherAsync(attempts, [10, 1_100, 900]);

        Assert.Equal(new[] { true, false, true }, refused.Select(r => r is null));
        Assert.Equal(910, await ReservedAsync());
        Assert.Equal(0, (await _catalogue.ViewAsync(attempts[1].Id)).Plan!.ReservedBytes);
    }

    [Fact]
    public async Task Somebody_who_waits_gets_the_room_first()
    {
        await _node.AcceptAsync([.. Enumerable.Range(0, 4).Select(i => Samples.Ingested(Samples.Asset($"{i}"), lane: Lane.Bulk))]);
        await _node.Intake.WantAsync(Understudy.Intake.Wish.Use(Samples.Asset("2"), Lane.Waiting), CancellationToken.None);
        var attempts = (await _node.LeaseAsync()).OrderBy(a => a.Id.Asset).ToList();

        var refused = await TogetherAsync(attempts, [600, 600, 600, 600]);

        Assert.Equal(new[] { false, false, true, false }, refused.Select(r => r is null));
    }

    [Fact]
    public async Task Attempt_that_goes_on_asks_only_for_what_is_missing()
    {
        var attempt = (await LeaseAsync(1)).Single();
        Assert.Null(await _reservations.ReserveAsync(attempt, 700, 0, CancellationToken.None));
        Assert.True(await _node.SettleAsync(attempt, new Outcome.Failed("broken")));
        var next = (await _node.LeaseAsync()).Single();

        Assert.Null(await _reservations.ReserveAsync(next, 900, 0, CancellationToken.None));

        Assert.Equal(900, await ReservedAsync());
    }

    [Fact]
    public async Task Older_attempt_is_told_that_it_is_superseded_also_beside_the_newer_one()
    {
        var older = (await LeaseAsync(1)).Single();
        await _node.Registry.SignOnAsync(CancellationToken.None);
        var newer = (await _node.LeaseAsync()).Single();

        var refused = await TogetherAsync([newer, older], [100, 100]);

        Assert.Null(refused[0]);
        Assert.IsType<Outcome.Superseded>(refused[1]);
        Assert.Equal(100, await ReservedAsync());
    }

    [Fact]
    public async Task File_system_that_is_too_full_refuses_with_its_numbers()
    {
        await using var full = Reservations(null, minFree: new ByteSize(long.MaxValue));

        var refused = Assert.IsType<Outcome.NoRoom>(await full.ReserveAsync((await LeaseAsync(1)).Single(), 7, 0, CancellationToken.None));

        Assert.Matches("needs 7 bytes; the store's file system has [0-9]+ free, of which Storage:MinFreeBytes keeps", refused.Reason);
    }

    [Fact]
    public async Task Without_a_budget_everything_is_granted()
    {
        await using var endless = Reservations(null);

        Assert.Null(await endless.ReserveAsync((await LeaseAsync(1)).Single(), 1_000_000, 0, CancellationToken.None));
    }

    [Theory, InlineData("settled"), InlineData("swept")]
    public async Task Plan_that_waits_for_room_is_woken_when_room_is_given_back(string how)
    {
        var attempts = await LeaseAsync(2);
        Assert.Null(await _reservations.ReserveAsync(attempts[0], 800, 0, CancellationToken.None));
        var refused = await _reservations.ReserveAsync(attempts[1], 800, 0, CancellationToken.None);
        Assert.True(await _node.Settlements.WriteAsync(new Settlement(attempts[1], refused!, TimeSpan.FromHours(1), Dead: false)));
        await _catalogue.ExecuteAsync("insert into retired (name, bytes, retired_at) values ('old', 100, '2020-01-01'); update store set retired = 100");
        Assert.Empty(await _node.LeaseAsync());

        if (how == "settled")
            Assert.True(await _node.SettleAsync(attempts[0], new Outcome.Hopeless(Fault.BadSource, "bad"), dead: true));
        else
            await ForgetRetiredAsync();

        Assert.Equal(attempts[1].Id, (await _node.LeaseAsync()).Single().Id);
    }

    [Fact]
    public async Task Plan_without_room_that_gives_nothing_back_wakes_nobody()
    {
        var attempts = await LeaseAsync(2);
        foreach (var attempt in attempts)
            Assert.True(await _node.Settlements.WriteAsync(new Settlement(attempt, new Outcome.NoRoom("full"), TimeSpan.FromHours(1), Dead: false)));

        Assert.Empty(await _node.LeaseAsync());
    }

    [Fact]
    public async Task Living_attempts_are_those_of_plans_that_are_not_dead()
    {
        var attempts = await LeaseAsync(2);
        Assert.True(await _node.SettleAsync(attempts[1], new Outcome.Hopeless(Fault.BadSource, "bad"), dead: true));
        await _node.Registry.SignOnAsync(CancellationToken.None);
        var next = (await _node.LeaseAsync()).Single();

        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        var living = await connection.QueryAsync<Guid>(
            Sql.Named("Copying.LivingAttempts"), new { attempts = new[] { attempts[0].Token, attempts[1].Token, next.Token, Guid.NewGuid() } });

        Assert.Equal(new[] { attempts[0].Token, next.Token }.Order(), living.Order());
    }

    [Fact]
    public async Task What_the_disk_has_free_is_promised_once()
    {
        using var disk = new SmallDisk("size=1m");
        using var store = StoreFolder.Open(disk.Path, TimeProvider.System, new TestLog<StoreFolder>());
        Reservations OnDisk() => new(_catalogue.Source, new StorageOptions { MinFreeBytes = new ByteSize(100_000), MinFreeInodes = 0 }, store, new RoomWanted(), TimeProvider.System);
        await using var first = OnDisk();
        await using var second = OnDisk();
        var attempts = await LeaseAsync(20);

        // Nothing is written yet of what was promised.
        var refused = await Task.WhenAll(attempts.Select((a, i) => Task.Run(() => (i % 2 == 0 ? first : second).ReserveAsync(a, 200_000, 0, CancellationToken.None))));

        Assert.Equal(4, refused.Count(r => r is null));
        Assert.All(refused.OfType<Outcome.NoRoom>(), r => Assert.Equal("needs 200000 bytes; what the store's file system has free beside Storage:MinFreeBytes (97.66 KiB) is promised to other copies", r.Reason));
    }

    private Reservations Reservations(ByteSize? max, ByteSize minFree = default) =>
        new(_catalogue.Source, new StorageOptions { MaxBytes = max, MinFreeBytes = minFree, MinFreeInodes = 0 }, _store, new RoomWanted(), TimeProvider.System);

    private async Task<IReadOnlyList<Attempt>> LeaseAsync(int count)
    {
        await _node.AcceptAsync([.. Enumerable.Range(0, count).Select(i => Samples.Ingested(Samples.Asset($"{i:d3}")))]);
        return [.. (await _node.LeaseAsync()).OrderBy(a => a.Id.Asset, StringComparer.Ordinal)];
    }

    /// <summary>All in one commit, in this order: they gather while another one's is held up.</summary>
    private async Task<IReadOnlyList<Outcome?>> TogetherAsync(IReadOnlyList<Attempt> attempts, long[] bytes)
    {
        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        await using var hold = await connection.BeginTransactionAsync();
        await new NpgsqlCommand("lock table plan", connection).ExecuteNonQueryAsync();
        var first = _reservations.ReserveAsync(attempts[0] with { Token = Guid.NewGuid() }, 1, 0, CancellationToken.None);
        await Eventually.TrueAsync(
            async () => await _catalogue.AskAsync<long>("select count(*) from pg_locks where not granted and relation = 'plan'::regclass") > 0, "waiting for the lock");
        var all = attempts.Zip(bytes, (a, b) => _reservations.ReserveAsync(a, b, 0, CancellationToken.None)).ToList();
        await hold.CommitAsync();
        Assert.IsType<Outcome.Superseded>(await first);
        return await Task.WhenAll(all);
    }

    private async Task ForgetRetiredAsync()
    {
        await using var connection = await _catalogue.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(Sql.Named("Copying.ForgetRetired"), new { names = new[] { "old" } });
    }

    private Task<long> ReservedAsync() => _catalogue.AskAsync<long>("select s.reserved from store s where s.reserved = (select sum(p.reserved) from plan p)");

    public async ValueTask DisposeAsync()
    {
        await _reservations.DisposeAsync();
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
        _store.Dispose();
        _folder.Dispose();
    }
}
