using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Plans;

/// <summary>Two workers, each with a clock of its own.</summary>
public sealed class WorkerRegistryTests : IAsyncLifetime
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _oneTime = new(), _otherTime = new();
    private readonly Clocks _otherClocks;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _runs = [];
    private readonly PostgresServer _postgres;
    private TestCatalogue _catalogue = null!;
    private Node _one = null!;
    private Node _other = null!;

    public WorkerRegistryTests(PostgresServer postgres) => (_postgres, _otherClocks) = (postgres, new Clocks(_otherTime));

    public async ValueTask InitializeAsync()
    {
        _catalogue = await TestCatalogue.CreateAsync(_postgres);
        (_one, _other) = (new Node(_catalogue, "one", time: _oneTime), new Node(_catalogue, "other", time: _otherClocks));
        await _one.Registry.SignOnAsync(CancellationToken.None);
        await _other.Registry.SignOnAsync(CancellationToken.None);
        await _one.AcceptAsync(Samples.Ingested(Samples.Asset("a")), Samples.Ingested(Samples.Asset("b")));
        Assert.Equal(2, (await _one.LeaseAsync()).Count);
    }

    [Fact]
    public async Task Silent_workers_plans_are_released_when_another_has_missed_its_beat_for_the_lease_time()
    {
        Run(_other);
        await BeatAsync(_other, _otherTime, times: 7);
        Assert.Equal(2, await LeasedByAsync(_one));

        await ReleasedAsync();

        Assert.Equal(2, (await _other.LeaseAsync()).Count);
    }

    [Fact]
    public async Task Beating_workers_plans_are_never_released()
    {
        Run(_one);
        Run(_other);

        for (var i = 0; i < 30; i++)
        {
            await BeatAsync(_other, _otherTime);
            if (i % 3 == 0)
                await BeatAsync(_one, _oneTime);
        }

        Assert.Equal(2, await LeasedByAsync(_one));
    }

    [Fact]
    public async Task Step_of_the_wall_clock_releases_nobody()
    {
        Run(_other);
        await BeatAsync(_other, _otherTime);
        _otherClocks.Step = TimeSpan.FromDays(365);

        await BeatAsync(_other, _otherTime, times: 2);

        Assert.Equal(2, await LeasedByAsync(_one));
    }

    [Fact]
    public async Task Worker_that_was_held_up_itself_releases_nobody_before_it_has_watched_for_the_lease_time()
    {
        Run(_other);
        await BeatAsync(_other, _otherTime);
        _otherTime.Advance(TimeSpan.FromHours(1));
        await BeatAsync(_other, _otherTime, times: 5);
        Assert.Equal(2, await LeasedByAsync(_one));

        await ReleasedAsync();
    }

    [Fact]
    public async Task Outage_of_the_catalogue_releases_nobody()
    {
        Run(_other);
        await BeatAsync(_other, _otherTime, times: 4);
        var database = await _catalogue.AskAsync<string>("select current_database()");
        await _postgres.ExecuteAsync($"alter database {database} allow_connections false");
        await _postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        await FailAsync(_other, _otherTime, times: 4);
        await _postgres.ExecuteAsync($"alter database {database} allow_connections true");

        await Eventually.TrueAsync(BeatsAgainAsync, "beating again");
        await BeatAsync(_other, _otherTime, times: 3);
        Assert.Equal(2, await LeasedByAsync(_one));

        await ReleasedAsync();

        async Task<bool> BeatsAgainAsync()
        {
            try
            {
                await BeatAsync(_other, _otherTime);
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Worker_that_was_declared_dead_abandons_its_attempts_and_signs_on_anew()
    {
        using var cancel = new CancellationTokenSource();
        var attempt = (await LeaseOneAsync(_one)).Single();
        _one.Running.Add(attempt, cancel);
        var before = _one.Registry.Id;
        await _catalogue.ExecuteAsync("delete from worker where id = @before", new { before });
        Run(_one);

        _oneTime.Advance(Beat);

        await Eventually.TrueAsync(async () => await _catalogue.AskAsync<long>("select count(*) from worker where id = @id", new { id = _one.Registry.Id }) == 1, "signed on anew");
        Assert.NotEqual(before, _one.Registry.Id);
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public async Task Plans_that_were_leased_while_their_worker_was_declared_dead_are_released()
    {
        await _catalogue.ExecuteAsync("delete from worker where id = @id", new { id = _one.Registry.Id });
        Run(_other);

        await ReleasedAsync();
    }

    [Fact]
    public async Task Node_that_starts_again_takes_its_own_plans_at_once()
    {
        await using var again = new Node(_catalogue, "one");

        await again.Registry.SignOnAsync(CancellationToken.None);

        Assert.Equal(2, (await again.LeaseAsync()).Count);
        Assert.Equal(2, await _catalogue.AskAsync<long>("select count(*) from worker"));
    }

    [Fact]
    public async Task Worker_that_signs_off_leaves_its_plans_to_others_at_once()
    {
        await _one.Registry.SignOffAsync(CancellationToken.None);

        Assert.Equal(2, (await _other.LeaseAsync()).Count);
        Assert.Equal(1, await _catalogue.AskAsync<long>("select count(*) from worker"));
    }

    [Fact]
    public async Task Plans_that_the_worker_is_not_at_are_released_and_the_others_kept()
    {
        var kept = await _catalogue.AskAsync<Guid>("select attempt from plan where asset_id = '1/1/a'");

        Assert.Equal(1, await _one.Leases.ReleaseForgottenAsync(_one.Registry.Id, [kept], CancellationToken.None));

        Assert.Equal("1/1/b", (await _other.LeaseAsync()).Single().Id.ToString());
    }

    private void Run(Node node) => _runs.Add(node.Registry.RunAsync(_stop.Token));

    private Task ReleasedAsync() => Eventually.TrueAsync(
        async () =>
        {
            await BeatAsync(_other, _otherTime);
            return await LeasedByAsync(_one) == 0;
        },
        "released");

    /// <summary>One beat after the other. The watch that follows a beat may see the time of the next one, which makes the silence shorter for it, never longer.</summary>
    private async Task BeatAsync(Node node, FakeTimeProvider time, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            var before = await BeatsAsync(node);
            time.Advance(Beat);
            await Eventually.TrueAsync(async () => await BeatsAsync(node) > before, "beat");
        }
    }

    private static async Task FailAsync(Node node, FakeTimeProvider time, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var before = node.RegistryLog.Lines.Count;
            time.Advance(Beat);
            await Eventually.TrueAsync(() => node.RegistryLog.Lines.Count > before, "failed");
        }
    }

    private Task<long> BeatsAsync(Node node) => _catalogue.AskAsync<long>("select beat from worker where id = @id", new { id = node.Registry.Id });

    private Task<long> LeasedByAsync(Node node) => _catalogue.AskAsync<long>("select count(*) from plan where worker = @id", new { id = node.Registry.Id });

    private static async Task<IReadOnlyList<Attempt>> LeaseOneAsync(Node node)
    {
        await node.AcceptAsync(Samples.Ingested(Samples.Asset("c")));
        return await node.LeaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs);
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _catalogue.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>A wall clock that can be set without the monotonic one, which the fake one doesn't tell apart.</summary>
    private sealed class Clocks(FakeTimeProvider time) : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Step;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
