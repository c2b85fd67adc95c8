using FsCheck;
using FsCheck.Fluent;
using Understudy.Plans;

namespace Understudy.Worker.Tests.Plans;

public sealed class BackoffTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 0.0, 0.5), InlineData(1, 1.0, 1), InlineData(2, 1.0, 2), InlineData(3, 0.5, 3), InlineData(9, 1.0, 60), InlineData(9, 0.0, 30)]
    public void Pause_doubles_up_to_the_longest_and_half_of_it_is_chance(int attempts, double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(attempts, Second, TimeSpan.FromMinutes(1), random));

    [Fact]
    public void Pause_stays_in_its_bounds_for_every_setting_that_is_allowed() =>
        Prop.ForAll(
            (from attempts in Gen.Choose(1, 100)
             from first in Gen.Choose(10, 3_600_000)
             from longest in Gen.Choose(10, 86_400_000)
             from random in Gen.Choose(0, 1000)
             select (attempts, First: TimeSpan.FromMilliseconds(first), Longest: TimeSpan.FromMilliseconds(longest), Random: random / 1000.0)).ToArbitrary(),
            s =>
            {
                var pause = Backoff.After(s.attempts, s.First, s.Longest, s.Random);
                var shortest = (s.First < s.Longest ? s.First : s.Longest) / 2;
                Assert.InRange(pause, shortest - TimeSpan.FromTicks(1), s.Longest);
                Assert.True(pause <= Backoff.After(s.attempts + 1, s.First, s.Longest, s.Random));
            }).QuickCheckThrowOnFailure();
}
