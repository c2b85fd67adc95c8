using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

public sealed class AgeHistogramTests
{
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(30);

    [Fact]
    public void Bucket_never_falls_with_age_and_is_exact_to_a_fourteenth_of_it()
    {
        var last = 0;
        for (var age = 1.0; age < 4e9; age *= 1.01)
        {
            var bucket = AgeHistogram.BucketOf(TimeSpan.FromSeconds(age), Young);
            Assert.InRange(bucket, last, AgeHistogram.Last);
            if (bucket is > AgeHistogram.Untouchable && bucket < AgeHistogram.Last)
                Assert.InRange(AgeHistogram.Youngest(bucket, Young).TotalSeconds, age / 1.08, age + 1);
            last = bucket;
        }

        Assert.Equal(AgeHistogram.Last, last);
    }

    [Theory]
    [InlineData(-1e9)]
    [InlineData(0)]
    [InlineData(1799)]
    public void Young_and_future_files_are_untouchable(double seconds) =>
        Assert.Equal(AgeHistogram.Untouchable, AgeHistogram.BucketOf(TimeSpan.FromSeconds(seconds), Young));

    [Fact]
    public void Cut_off_keeps_of_its_own_bucket_what_there_is_room_for()
    {
        var ages = new AgeHistogram();
        ages.Add(AgeHistogram.Untouchable, 2, 20);
        ages.Add(100, 3, 30);
        ages.Add(110, 10, 100);
        var cut = CutOff.For(ages, new CacheBudget(null, 75, 100))!;
        Assert.Equal((110, 25), (cut.Bucket, cut.RoomBytes));
        Assert.True(cut.Keeps(100, 1_000));
        Assert.False(cut.Keeps(111, 1));
        Assert.Equal([true, true, false, true, false], new long[] { 10, 10, 10, 5, 1 }.Select(b => cut.Keeps(110, b)));
    }

    [Fact]
    public void What_is_over_goes_down_to_low_water_and_what_is_not_stays_as_it_is()
    {
        var budget = new CacheBudget(100, 1_000, 90);
        Assert.True(budget.Holds(100, 1_000));
        Assert.Equal((90, 1_000), (budget.TargetFiles(101), budget.TargetBytes(950)));
        Assert.Equal((long.MaxValue, 7), (new CacheBudget(null, 8, 90).TargetFiles(5), new CacheBudget(null, 8, 90).TargetBytes(9)));
    }

    [Fact]
    public void Within_the_budget_nothing_is_cut_off_and_with_only_young_files_nothing_can_be()
    {
        var ages = new AgeHistogram();
        ages.Add(AgeHistogram.Untouchable, 10, 10);
        Assert.Null(CutOff.For(ages, new CacheBudget(10, null, 50)));
        Assert.Null(CutOff.For(ages, new CacheBudget(5, null, 50)));
    }
}
