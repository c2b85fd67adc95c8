using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Plans;

public sealed class SettlementTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private TestCatalogue _catalogue = null!;
    private Node _node = null!;

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(postgres);
        _node = new Node(_catalogue);
        await _node.Registry.SignOnAsync(CancellationToken.None);
    }

    private static readonly Dictionary<string, Outcome> Outcomes = new Outcome[]
    {
        new Outcome.Copied(Samples.Copy(Id, 99), new RetiredFile("old", 5), false), new Outcome.AlreadyThere(Samples.Copy(Id, 99)), new Outcome.Removed(new RetiredFile("old", 5)),
        new Outcome.SourceChanged("changed"), new Outcome.NoRoom("full"), new Outcome.Failed("broken"), new Outcome.Hopeless(Fault.BadSource, "bad"), new Outcome.Stopped(),
    }.ToDictionary(o => o.GetType().Name);

    public static TheoryData<string> EveryOutcome => [.. Outcomes.Keys];

    [Theory, MemberData(nameof(EveryOutcome))]
    public async Task Older_attempt_settles_nothing(string outcome)
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var older = (await _node.LeaseAsync()).Single();
        await _node.Registry.SignOnAsync(CancellationToken.None);
        var newer = (await _node.LeaseAsync()).Single();
        var before = await EverythingAsync();

        Assert.False(await _node.SettleAsync(older, Outcomes[outcome]));

        Assert.NotEqual(older.Token, newer.Token);
        Assert.Equal(before, await EverythingAsync());
    }

    [Theory, MemberData(nameof(EveryOutcome))]
    public async Task Settlement_that_is_repeated_because_its_answer_was_lost_changes_nothing_more(string outcome)
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync(Samples.Ingested(Id));
        Assert.True(await _node.SettleAsync(attempt, Outcomes[outcome]));
        var before = await EverythingAsync();

        await _node.SettleAsync(attempt, Outcomes[outcome]);

        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Old_and_new_attempt_of_one_asset_in_one_commit_are_told_apart()
    {
        await _node.AcceptAsync(Samples.Ingested(Id), Samples.Ingested(Samples.Asset("first")));
        var attempts = await _node.LeaseAsync();
        var older = attempts.Single(a => a.Id == Id);
        await _catalogue.ExecuteAsync("update plan set worker = null where asset_id = @id", new { id = Id.ToString() });
        var newer = (await _node.LeaseAsync()).Single();

        Task<bool>[] settled;
        await using (var held = await HoldAsync("select from store for update"))
        {
            var first = _node.SettleAsync(attempts.Single(a => a.Id != Id), Samples.Copied(attempts.Single(a => a.Id != Id), 1));
            await WaitsForALockAsync();
            settled = [first, _node.SettleAsync(older, Samples.Copied(older, 10)), _node.SettleAsync(newer, Samples.Copied(newer, 20))];
        }

        Assert.Equal(new[] { true, false, true }, await Task.WhenAll(settled));
        Assert.Equal(20, (await _catalogue.ViewAsync(Id)).Copy!.Bytes);
    }

    [Fact]
    public async Task Settlements_lock_plans_in_the_order_of_their_ids_whatever_their_outcomes()
    {
        var (a, b, first) = (Samples.Asset("a"), Samples.Asset("b"), Samples.Asset("first"));
        await _node.AcceptAsync(Samples.Ingested(a), Samples.Ingested(b), Samples.Ingested(first));
        var attempts = (await _node.LeaseAsync()).ToDictionary(x => x.Id);

        var other = await HoldAsync("select from store for update");
        var settled = new List<Task<bool>> { _node.SettleAsync(attempts[first], Samples.Copied(attempts[first], 1)) };
        await WaitsForALockAsync();
        settled.Add(_node.SettleAsync(attempts[b], Samples.Copied(attempts[b], 1)));
        settled.Add(_node.SettleAsync(attempts[a], new Outcome.Failed("broken")));
        // The intake locks a, then b: had the settlement b already while it waits for a, that were a deadlock.
        await using var intake = await HoldAsync($"set local deadlock_timeout = '50ms'; select from plan where asset_id = '{a}' for update");
        await other.DisposeAsync();
        await settled[0];
        await WaitsForALockAsync();

        await intake.ExecuteAsync($"select from plan where asset_id = '{b}' for update");

        await intake.DisposeAsync();
        Assert.Equal(new[] { true, true, true }, await Task.WhenAll(settled));
    }

    [Fact]
    public async Task Plan_that_was_raised_during_the_attempt_keeps_the_copy_and_runs_again()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync(new AssetDeleted { Id = Id });

        Assert.True(await _node.SettleAsync(attempt, Samples.Copied(attempt, 10)));

        Assert.Equal(10, (await _catalogue.ViewAsync(Id)).Copy?.Bytes);
        var again = (await _node.LeaseAsync()).Single();
        Assert.Equal((Stages.Remove, 2), (again.Stage, again.Generation));
        Assert.Equal(Samples.Copy(Id, 10), again.Copy);
        Assert.True(await _node.SettleAsync(again, new Outcome.Removed(new RetiredFile("gone", 10))));
        Assert.Equal("0 0 0 10", await StoreAsync());
    }

    [Fact]
    public async Task Failure_of_an_older_generation_neither_counts_nor_kills()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        await _node.AcceptAsync(Samples.Ingested(Id));

        Assert.True(await _node.SettleAsync(attempt, new Outcome.Hopeless(Fault.BadSource, "bad"), dead: true));

        var plan = (await _catalogue.ViewAsync(Id)).Plan!;
        Assert.Equal((null, 0, null), (plan.DeadAt, plan.Attempts, plan.Fault));
        Assert.Single(await _node.LeaseAsync());
    }

    [Fact]
    public async Task Formers_gather_over_crashes_until_an_attempt_that_fenced_them_is_settled()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var crashed = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            crashed.Add((await _node.LeaseAsync()).Single().Token);
            await _node.Registry.SignOnAsync(CancellationToken.None);
        }

        var unfenced = (await _node.LeaseAsync()).Single();
        Assert.Equal(crashed, unfenced.Formers);
        Assert.True(await _node.SettleAsync(unfenced, new Outcome.Failed("before it fenced")));

        var fenced = (await _node.LeaseAsync()).Single();
        Assert.Equal([.. crashed, unfenced.Token], fenced.Formers);
        fenced.HasFenced = true;
        Assert.True(await _node.SettleAsync(fenced, new Outcome.Failed("after it fenced")));

        Assert.Equal([fenced.Token], (await _node.LeaseAsync()).Single().Formers);
    }

    [Fact]
    public async Task Copy_is_read_back_as_it_was_written()
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        var attempt = (await _node.LeaseAsync()).Single();
        var copy = Samples.Copy(Id, 10) with
        {
            Version = new SourceVersion("\"e-1\"", "v7", new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), 10),
        };

        Assert.True(await _node.SettleAsync(attempt, new Outcome.Copied(copy, null, Adopted: true)));
        await _node.AcceptAsync(Samples.Ingested(Id));

        var read = (await _node.LeaseAsync()).Single().Copy!;
        Assert.Equal(copy, read with { Version = read.Version with { Modified = read.Version.Modified!.Value.ToOffset(TimeSpan.FromHours(2)) } });
        var view = (await _catalogue.ViewAsync(Id)).Copy!;
        Assert.Equal(("ffffffff", "v7", new FactsView("jp2", 640, 480, 256, 256, 5, 3, 8)), (view.Checksum, view.VersionId, view.Facts));
        Assert.Equal(["ingested", "adopted", "ingested"], await HistoryAsync());
    }

    [Fact]
    public async Task Failed_attempt_counts_keeps_its_room_and_waits()
    {
        await ReservedAsync(100);
        var attempt = (await _node.LeaseAsync()).Single();

        Assert.True(await _node.Settlements.WriteAsync(new Settlement(attempt, new Outcome.Failed("broken"), TimeSpan.FromHours(1), Dead: false)));

        var plan = (await _catalogue.ViewAsync(Id)).Plan!;
        Assert.Equal((1, Fault.Failed, "broken", 100), (plan.Attempts, plan.Fault, plan.Reason, plan.ReservedBytes));
        Assert.Equal("0 0 100 0", await StoreAsync());
        Assert.Empty(await _node.LeaseAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_without_room_keeps_the_room_of_what_may_lie_there(bool died)
    {
        await ReservedAsync(100);
        if (died)
            await _catalogue.ExecuteAsync("update plan set formers = array[gen_random_uuid()]");
        var attempt = (await _node.LeaseAsync()).Single();
        attempt.LeavesNothing = died;

        Assert.True(await _node.SettleAsync(attempt, new Outcome.NoRoom("needs 200 bytes")));

        Assert.Equal("0 0 100 0", await StoreAsync());
    }

    [Fact]
    public async Task Attempt_without_room_gives_its_room_back_and_counts_nothing()
    {
        await ReservedAsync(100);
        for (var i = 0; i < 3; i++)
        {
            var attempt = (await _node.LeaseAsync()).Single();
            attempt.LeavesNothing = true;
            Assert.True(await _node.SettleAsync(attempt, new Outcome.NoRoom("needs 200 bytes")));
        }

        var plan = (await _catalogue.ViewAsync(Id)).Plan!;
        Assert.Equal((0, Fault.NoRoom, "needs 200 bytes", 0), (plan.Attempts, plan.Fault, plan.Reason, plan.ReservedBytes));
        Assert.Equal("0 0 0 0", await StoreAsync());
        Assert.Equal(["ingested", "waits for room"], await HistoryAsync());
    }

    [Fact]
    public async Task Attempt_that_was_stopped_counts_nothing_and_is_due_at_once()
    {
        await ReservedAsync(100);

        Assert.True(await _node.SettleAsync((await _node.LeaseAsync()).Single(), new Outcome.Stopped()));

        Assert.Equal((0, 100), ((await _catalogue.ViewAsync(Id)).Plan!.Attempts, (await _catalogue.ViewAsync(Id)).Plan!.ReservedBytes));
        Assert.Single(await _node.LeaseAsync());
        Assert.Equal(["ingested"], await HistoryAsync());
    }

    [Fact]
    public async Task Hopeless_plan_is_dead_gives_its_room_back_and_is_leased_no_more()
    {
        await ReservedAsync(100);

        Assert.True(await _node.SettleAsync((await _node.LeaseAsync()).Single(), new Outcome.Hopeless(Fault.BadSource, "not a JPEG 2000"), dead: true));

        var view = await _catalogue.ViewAsync(Id);
        Assert.Equal((AssetState.Dead, Fault.BadSource, "not a JPEG 2000"), (view.State, view.Plan!.Fault, view.Plan.Reason));
        Assert.Equal("0 0 0 0", await StoreAsync());
        Assert.Empty(await _node.LeaseAsync());
        Assert.Equal(["ingested", "given up"], await HistoryAsync());
    }

    /// <summary>The plan of <see cref="Id"/> holds a reservation from an attempt before.</summary>
    private async Task ReservedAsync(long bytes)
    {
        await _node.AcceptAsync(Samples.Ingested(Id));
        await _catalogue.ExecuteAsync("update plan set reserved = @bytes; update store set reserved = @bytes", new { bytes });
    }

    private async Task<string> StoreAsync() => await _catalogue.AskAsync<string>("select concat_ws(' ', copies, used, reserved, retired) from store");

    private Task<IReadOnlyList<string>> HistoryAsync() => _catalogue.ListAsync<string>("select what from history order by at");

    /// <summary>Every row that a settlement could touch.</summary>
    private async Task<string> EverythingAsync() => string.Join('\n', await _catalogue.ListAsync<string>(
        """
        select p::text from plan p union all select c::text from copy c union all select s::text from store s
        union all select r::text from retired r union all select h::text from history h order by 1
        """));

    private async Task<Held> HoldAsync(string sql)
    {
        var held = new Held(await _catalogue.Source.OpenConnectionAsync());
        await held.ExecuteAsync("begin");
        await held.ExecuteAsync(sql);
        return held;
    }

    private Task WaitsForALockAsync() => Eventually.TrueAsync(
        async () => await _catalogue.AskAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
        "waiting for a lock");

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _catalogue.DisposeAsync();
    }

    /// <summary>A transaction that stays open until it is disposed.</summary>
    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await ExecuteAsync("commit");
            await connection.DisposeAsync();
        }
    }
}
