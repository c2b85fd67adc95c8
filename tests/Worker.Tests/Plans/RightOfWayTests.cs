using Microsoft.Extensions.Time.Testing;
using Understudy.Plans;

namespace Understudy.Worker.Tests.Plans;

public sealed class RightOfWayTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RightOfWay _way;

    public RightOfWayTests() => _way = new RightOfWay(_time);

    private bool IsFree => _way.GiveWayAsync(CancellationToken.None).IsCompleted;

    [Fact]
    public void Nobody_waits_for_nobody() => Assert.True(IsFree);

    [Fact]
    public async Task Who_goes_first_is_let_by_until_all_are_through_and_for_a_moment_more()
    {
        var (first, second) = (_way.Take(), _way.Take());
        var waiting = _way.GiveWayAsync(CancellationToken.None);
        first.Dispose();
        _time.Advance(RightOfWay.Moment);
        Assert.False(waiting.IsCompleted);

        second.Dispose();
        _time.Advance(RightOfWay.Moment - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await waiting;
        Assert.True(IsFree);
    }

    [Fact]
    public void Next_stage_that_begins_within_the_moment_keeps_the_way()
    {
        _way.Take().Dispose();
        _time.Advance(RightOfWay.Moment / 2);
        var next = _way.Take();
        _time.Advance(RightOfWay.Moment * 2);
        Assert.False(IsFree);

        next.Dispose();
        _time.Advance(RightOfWay.Moment);

        Assert.True(IsFree);
    }

    [Fact]
    public void One_that_never_ends_is_let_by_for_a_second_and_the_next_ones_not_before_another()
    {
        using var endless = _way.Take();
        _time.Advance(RightOfWay.Longest - TimeSpan.FromMilliseconds(1));
        Assert.False(IsFree);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(IsFree);

        _time.Advance(RightOfWay.Longest / 2);
        using (_way.Take())
            Assert.True(IsFree);
        _time.Advance(RightOfWay.Longest / 2);
        using (_way.Take())
            Assert.False(IsFree);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(49)]
    public void Stream_takes_half_of_the_time_whether_or_not_it_has_gaps(int gap)
    {
        var free = 0;
        for (var tick = 0; tick < 20_000;)
        {
            using (_way.Take())
                Pass(11);
            Pass(gap);

            void Pass(int milliseconds)
            {
                for (var end = tick + milliseconds; tick < end; tick++)
                {
                    _time.Advance(TimeSpan.FromMilliseconds(1));
                    free += IsFree ? 1 : 0;
                }
            }
        }

        Assert.InRange(free, 9_000, 11_500);
    }

    [Fact]
    public async Task One_that_is_expected_finds_the_way_free_and_keeps_it()
    {
        var expected = _way.ExpectAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.True(IsFree);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await expected;
        Assert.False(IsFree);
        using (_way.Take())
            _time.Advance(RightOfWay.Moment * 2);

        Assert.False(IsFree);
        _time.Advance(RightOfWay.Moment);
        Assert.True(IsFree);
    }

    [Fact]
    public async Task Who_is_stopped_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        using var first = _way.Take();
        var waiting = _way.GiveWayAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    public void Dispose() => _way.Dispose();
}
