using Microsoft.Extensions.Time.Testing;
using Understudy.Plans;

namespace Understudy.Worker.Tests.Plans;

public sealed class WakeTests : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();
    private readonly Wake _wake;

    public WakeTests() => _wake = new Wake(_time);

    [Fact]
    public async Task Signal_that_came_before_the_wait_is_not_lost_and_many_are_one()
    {
        _wake.PlansAreDue();
        _wake.PlansAreDue();

        await _wake.WaitAsync(Poll, CancellationToken.None);

        Assert.False(_wake.WaitAsync(Poll, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Wait_without_a_signal_ends_with_the_poll()
    {
        var wait = _wake.WaitAsync(Poll, CancellationToken.None);
        _time.Advance(Poll - TimeSpan.FromMilliseconds(1));
        Assert.False(wait.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await wait;
    }

    [Fact]
    public async Task Quarter_of_the_slots_that_are_freed_is_looked_after_at_once()
    {
        var wait = _wake.WaitAsync(Poll, CancellationToken.None);
        for (var i = 0; i < 15; i++)
            _wake.SlotFreed(slots: 64);
        Assert.False(wait.IsCompleted);

        _wake.SlotFreed(slots: 64);

        await wait;
    }

    [Fact]
    public async Task Plan_that_was_put_back_is_looked_after_when_it_is_due()
    {
        var pause = TimeSpan.FromMilliseconds(250);
        var wait = _wake.WaitAsync(Poll, CancellationToken.None);
        _wake.DueIn(pause);
        _wake.DueIn(pause + (2 * Wake.Gathering));
        _time.Advance(pause - TimeSpan.FromMilliseconds(1));
        Assert.False(wait.IsCompleted);

        _time.Advance((2 * Wake.Gathering) + TimeSpan.FromMilliseconds(1));
        await wait;

        // And so is the next.
        wait = _wake.WaitAsync(Poll, CancellationToken.None);
        Assert.False(wait.IsCompleted);
        _time.Advance(2 * Wake.Gathering);
        await wait;
    }

    [Fact]
    public async Task Single_slot_among_many_that_stay_busy_is_looked_after_soon()
    {
        var wait = _wake.WaitAsync(Poll, CancellationToken.None);
        _wake.SlotFreed(slots: 64);
        Assert.False(wait.IsCompleted);

        _time.Advance(Wake.Gathering);

        await wait;
    }

    [Fact]
    public async Task Slots_that_are_freed_after_a_look_are_counted_anew()
    {
        for (var i = 0; i < 16; i++)
            _wake.SlotFreed(slots: 64);
        await _wake.WaitAsync(Poll, CancellationToken.None);
        var wait = _wake.WaitAsync(Poll, CancellationToken.None);

        _wake.SlotFreed(slots: 64);
        Assert.False(wait.IsCompleted);

        _time.Advance(Wake.Gathering);
        await wait;
    }

    [Fact]
    public async Task Wait_that_is_cancelled_says_so()
    {
        using var stop = new CancellationTokenSource();
        var wait = _wake.WaitAsync(Poll, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    public void Dispose() => _wake.Dispose();
}
