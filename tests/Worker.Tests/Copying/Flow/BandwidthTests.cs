#pragma warning disable CA2012 // Held on purpose: what is asserted is when they complete.
using Understudy.Hosting;
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

public sealed class BandwidthTests
{
    private const int Rate = 1_000_000;
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Bandwidth_withflooda_limit_never_waits()
    {
        using var bandwidth = new Bandwidth(new FlowOptions(), _time);
        for (var i = 0; i < 1_000; i++)
            Assert.True(bandwidth.TakeAsync(int.MaxValue, Lane.Bulk, default).IsCompletedSuccessfully);
    }

    [Fact]
    public void Bandwidth_after_an_idle_hour_lets_a_tenth_of_a_second_and_one_take_pass()
    {
        using var bandwidth = Limited();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(11, TakeWhilePassing(bandwidth, 10_000));
    }

    [Fact]
    public async Task Bandwidth_over_a_long_time_is_the_rate_exactly()
    {
        // A coarse clock: a take costs 7.919… ticks, and a rounded one would be an eighth off.
        var time = new OddClock(_time) { TicksPerSecond = 1_000 };
        using var bandwidth = new Bandwidth(new FlowOptions { MaxBytesPerSecond = new ByteSize(999_997) }, time);
        long taken = 0;
        var pending = bandwidth.TakeAsync(7_919, Lane.Bulk, default);
        for (var ms = 0; ms < 60_000; ms += 10)
        {
            while (pending.IsCompleted)
            {
                await pending;
                taken += 7_919;
                pending = bandwidth.TakeAsync(7_919, Lane.Bulk, default);
            }

            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(taken, 999_997 * 60L - 20_000, 999_997 * 60L + 100_000 + 7_919);
    }

    [Fact]
    public async Task Bandwidth_serves_in_the_order_of_arrival()
    {
        using var bandwidth = Limited();
        TakeWhilePassing(bandwidth, 10_000);
        var first = bandwidth.TakeAsync(500_000, Lane.Bulk, default).AsTask();
        var second = bandwidth.TakeAsync(1, Lane.Bulk, default).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await first;
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(520));
        await second;
    }

    [Fact]
    public async Task Lane_waiting_overdraws_by_a_second_and_others_wait_it_off()
    {
        using var bandwidth = Limited();
        TakeWhilePassing(bandwidth, 10_000);
        var bulk = bandwidth.TakeAsync(10_000, Lane.Bulk, default).AsTask();
        for (var i = 0; i < 10; i++)
            Assert.True(bandwidth.TakeAsync(100_000, Lane.Waiting, default).IsCompletedSuccessfully);

        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(bulk.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(150));
        await bulk;
    }

    [Fact]
    public async Task Lane_waiting_beyond_its_overdraft_goes_before_those_who_wait_longer()
    {
        using var bandwidth = Limited();
        TakeWhilePassing(bandwidth, 10_000);
        var bulk = bandwidth.TakeAsync(10_000, Lane.Bulk, default).AsTask();
        _ = bandwidth.TakeAsync(2_000_000, Lane.Waiting, default);
        var waiting = bandwidth.TakeAsync(10_000, Lane.Waiting, default).AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1_100));
        await waiting;
        Assert.False(bulk.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1_000));
        await bulk;
    }

    [Fact]
    public async Task Cancelled_take_leaves_the_queue_and_is_not_charged()
    {
        using var bandwidth = Limited();
        TakeWhilePassing(bandwidth, 10_000);
        using var cancel = new CancellationTokenSource();
        var cancelled = bandwidth.TakeAsync(10_000_000, Lane.Bulk, cancel.Token).AsTask();
        var next = bandwidth.TakeAsync(10_000, Lane.Bulk, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await next;
    }

    [Fact]
    public async Task Bandwidth_does_not_mind_steps_of_the_wall_clock()
    {
        var time = new OddClock(_time);
        using var bandwidth = new Bandwidth(new FlowOptions { MaxBytesPerSecond = new ByteSize(Rate) }, time);
        TakeWhilePassing(bandwidth, 10_000);
        time.Step = TimeSpan.FromDays(-30);
        var next = bandwidth.TakeAsync(10_000, Lane.Bulk, default).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await next;
        time.Step = TimeSpan.FromDays(30);
        Assert.InRange(TakeWhilePassing(bandwidth, 10_000), 0, 3);
    }

    private Bandwidth Limited() => new(new FlowOptions { MaxBytesPerSecond = new ByteSize(Rate) }, _time);

    private static int TakeWhilePassing(Bandwidth bandwidth, int bytes)
    {
        var passed = 0;
        using var end = new CancellationTokenSource();
        while (bandwidth.TakeAsync(bytes, Lane.Bulk, end.Token).IsCompletedSuccessfully)
            passed++;
        end.Cancel();
        return passed;
    }

    private sealed class OddClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Step { get; set; }
        public long TicksPerSecond { get; init; } = inner.TimestampFrequency;
        public override long TimestampFrequency => TicksPerSecond;
        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Step;
        public override long GetTimestamp() => inner.GetTimestamp() / (inner.TimestampFrequency / TicksPerSecond);
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }
}
