using FsCheck;
using FsCheck.Fluent;
using Understudy.Warming.Flow;

namespace Understudy.Worker.Tests.Warming.Flow;

public sealed class BreakerTests
{
    private static readonly TurnReport Good = new(AnswerKind.Good, TimeSpan.FromMilliseconds(50));
    private static readonly TurnReport Bad = new(AnswerKind.Bad, TimeSpan.FromMilliseconds(50));
    private static readonly TurnReport Overload = new(AnswerKind.Overload, TimeSpan.Zero);

    private readonly Breaker _breaker = new();
    private TimeSpan _now;

    [Fact]
    public void Node_with_two_overloads_in_a_row_goes_on()
    {
        Ask(Overload, Overload, Good, Overload, Overload, Bad, Overload, Overload);
        Assert.Null(_breaker.PausedUntil(_now));
    }

    [Fact]
    public void Node_with_three_overloads_in_a_row_pauses_for_a_second()
    {
        Ask(Overload, Overload, Overload);
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _breaker.PausedUntil(_now));
        Assert.False(_breaker.MayStart(_now));
    }

    [Fact]
    public void Pause_ends_with_one_probe_and_then_all_goes_on()
    {
        Ask(Overload, Overload, Overload);
        _now += TimeSpan.FromSeconds(1);
        Assert.True(_breaker.MayStart(_now));
        Assert.True(_breaker.Start());
        Assert.False(_breaker.MayStart(_now));
        _breaker.Finished(true, Good, _now, 1);
        Assert.True(_breaker.MayStart(_now));
        Assert.False(_breaker.Start());
    }

    [Fact]
    public void Probe_with_a_bad_answer_ends_the_pause_too()
    {
        Ask(Overload, Overload, Overload);
        _now += TimeSpan.FromSeconds(1);
        Ask(Bad);
        Assert.True(_breaker.MayStart(_now));
        Assert.False(_breaker.Start());
    }

    [Fact]
    public void Probe_that_is_cancelled_leaves_the_place_to_another()
    {
        Ask(Overload, Overload, Overload);
        _now += TimeSpan.FromSeconds(1);
        Ask(new TurnReport(AnswerKind.Cancelled, TimeSpan.Zero));
        Assert.True(_breaker.MayStart(_now));
        Assert.True(_breaker.Start());
    }

    [Fact]
    public void Pause_doubles_with_each_probe_that_fails_up_to_a_minute_and_is_short_again_after_calm()
    {
        Ask(Overload, Overload, Overload);
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add((_breaker.PausedUntil(_now)!.Value - _now).TotalSeconds);
            _now = _breaker.PausedUntil(_now)!.Value;
            Ask(Overload);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], pauses);
        _now = _breaker.PausedUntil(_now)!.Value;
        Ask([.. Enumerable.Repeat(Good, 10), Overload, Overload, Overload]);
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _breaker.PausedUntil(_now));
    }

    [Theory]
    [InlineData(30, 30), InlineData(0, 1), InlineData(100_000, 600)]
    public void One_overload_with_retry_after_pauses_as_long_as_asked_up_to_ten_minutes(int asked, int seconds)
    {
        Ask(Overload with { RetryAfter = TimeSpan.FromSeconds(asked) });
        Assert.Equal(_now + TimeSpan.FromSeconds(seconds), _breaker.PausedUntil(_now));
    }

    [Fact]
    public void What_started_before_the_pause_says_nothing_new_but_may_ask_for_more_time()
    {
        Ask(Overload, Overload, Overload);
        _breaker.Finished(false, Good, _now, 1);
        _breaker.Finished(false, Overload, _now, 1);
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _breaker.PausedUntil(_now));
        _breaker.Finished(false, Overload with { RetryAfter = TimeSpan.FromSeconds(7) }, _now, 1);
        Assert.Equal(_now + TimeSpan.FromSeconds(7), _breaker.PausedUntil(_now));
        Assert.Equal(1, _breaker.Pauses);
    }

    [Fact]
    public void Any_history_leaves_a_node_that_may_be_asked_within_ten_minutes() =>
        Prop.ForAll(
            (from kind in Gen.Choose(0, 3) from wait in Gen.Choose(0, 3) from asked in Gen.Choose(-900, 900) select (kind, wait, asked)).ArrayOf().Resize(200).ToArbitrary(),
            history =>
            {
                var (breaker, now, out_) = (new Breaker(), TimeSpan.Zero, new Queue<bool>());
                foreach (var (kind, wait, asked) in history)
                {
                    if (breaker.MayStart(now))
                        out_.Enqueue(breaker.Start());
                    Assert.True(out_.Count(probe => probe) <= 1);
                    if (wait > 0 && out_.TryDequeue(out var probe))
                        breaker.Finished(probe, new TurnReport((AnswerKind)kind, TimeSpan.Zero, asked > 0 ? TimeSpan.FromSeconds(asked) : null), now, wait / 3.0);
                    now += TimeSpan.FromSeconds(wait);
                    Assert.True(breaker.PausedUntil(now) is not { } until || until - now <= TimeSpan.FromMinutes(10));
                }

                while (out_.TryDequeue(out var probe))
                    breaker.Finished(probe, new TurnReport(AnswerKind.Cancelled, TimeSpan.Zero), now, 0);
                Assert.True(breaker.MayStart(now + TimeSpan.FromMinutes(10)));
            }).QuickCheckThrowOnFailure();

    private void Ask(params TurnReport[] answers)
    {
        foreach (var answer in answers)
        {
            Assert.True(_breaker.MayStart(_now));
            _breaker.Finished(_breaker.Start(), answer, _now, 1);
        }
    }
}
