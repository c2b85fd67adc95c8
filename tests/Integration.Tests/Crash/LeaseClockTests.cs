using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Crash;

/// <summary>A machine's clock may step by hours (a time server comes back, a virtual machine is resumed); leases must not notice.</summary>
public sealed class LeaseClockTests(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly PlanOptions Options = new() { LeaseTime = TimeSpan.FromSeconds(30) };

    private readonly SteppingClock _time = new();
    private readonly CancellationTokenSource _stop = new();
    private NpgsqlDataSource _catalogue = null!;
    private WorkerRegistry _watcher = null!;
    private Task _watching = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _catalogue = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await new Migrator(_catalogue, Migration.Embedded, Microsoft.Extensions.Options.Options.Create(new CatalogueOptions()), TimeProvider.System, NullLogger<Migrator>.Instance)
            .MigrateAsync(CancellationToken.None);
        _watcher = Registry("watcher");
        await _watcher.SignOnAsync(CancellationToken.None);
        _watching = _watcher.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        await _catalogue.DisposeAsync();
    }

    [Theory]
    [InlineData(24)]
    [InlineData(-24)]
    public async Task Clock_that_steps_frees_no_plan_within_its_lease(int hours)
    {
        var other = await OtherWithAPlanAsync();
        await BeatAsync();

        _time.Step = TimeSpan.FromHours(hours);
        await BeatAsync();
        await BeatAsync();

        Assert.Equal(other, await HolderAsync());
    }

    [Theory]
    [InlineData(24)]
    [InlineData(-24)]
    public async Task Clock_that_steps_does_not_hold_the_plan_of_a_worker_that_is_dead(int hours)
    {
        await OtherWithAPlanAsync();
        await BeatAsync();

        _time.Step = TimeSpan.FromHours(hours);
        // The steady clock goes on for a little longer than a lease.
        for (var beats = 0; beats < 8; beats++)
            await BeatAsync();

        Assert.Null(await HolderAsync());
    }

    private WorkerRegistry Registry(string node) =>
        new(_catalogue, new NodeIdentity(node), Options, new RunningAttempts(), _time, NullLogger<WorkerRegistry>.Instance);

    /// <summary>A worker that signed on, took a plan, and says nothing more.</summary>
    private async Task<Guid> OtherWithAPlanAsync()
    {
        var other = Registry("other");
        await other.SignOnAsync(CancellationToken.None);
        await using var plan = _catalogue.CreateCommand(
            "insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, worker) values ('1/1/a', 1, 'present', 'copy', 2, 1, now(), $1)");
        plan.Parameters.AddWithValue(other.Id);
        await plan.ExecuteNonQueryAsync();
        return other.Id;
    }

    /// <summary>One beat of the watcher, which is also one look at the others.</summary>
    private async Task BeatAsync()
    {
        var before = await BeatsAsync();
        _time.Advance(Options.LeaseTime / 6);
        await Eventually.TrueAsync(async () => await BeatsAsync() > before, "a beat");
        // The look follows the beat: when the next beat is there, it is over.
        before = await BeatsAsync();
        _time.Advance(Options.LeaseTime / 6);
        await Eventually.TrueAsync(async () => await BeatsAsync() > before, "the next beat");
    }

    private async Task<long> BeatsAsync()
    {
        await using var beats = _catalogue.CreateCommand("select beat from worker where id = $1");
        beats.Parameters.AddWithValue(_watcher.Id);
        return (long)(await beats.ExecuteScalarAsync())!;
    }

    private async Task<Guid?> HolderAsync()
    {
        await using var holder = _catalogue.CreateCommand("select worker from plan where asset_id = '1/1/a'");
        return await holder.ExecuteScalarAsync() as Guid?;
    }

    /// <summary>The wall clock can be set; timers and timestamps go by the steady one.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private readonly FakeTimeProvider _steady = new();

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => _steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + Step;

        public override long GetTimestamp() => _steady.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _steady.CreateTimer(callback, state, dueTime, period);

        public void Advance(TimeSpan time) => _steady.Advance(time);
    }
}
