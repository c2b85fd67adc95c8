using FsCheck;
using FsCheck.Fluent;
using Understudy.Scavenging.Policies;

namespace Understudy.Worker.Tests.Scavenging;

/// <summary>A failure prints the uses and the seed to replay.</summary>
public sealed class HeatTests
{
    private const double HalfLife = 1_000;
    private static readonly Heat Sut = new(HalfLife);

    private static Gen<(int At, int Weight)[]> Uses =>
        (from at in Gen.Choose(0, 20_000) from weight in Gen.Choose(1, 50) select (at, weight)).NonEmptyListOf().Select(l => l.ToArray());

    [Fact]
    public void Heat_is_the_sum_of_all_uses_each_halved_with_every_half_life_whatever_their_order() =>
        Prop.ForAll(Uses.ToArbitrary(), uses =>
        {
            var expected = Math.Log2(uses.Sum(u => u.Weight * Math.Pow(2, u.At / HalfLife)));
            Assert.Equal(expected, Of(uses), 9);
            Assert.Equal(expected, Of([.. uses.Reverse()]), 9);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Heat_grows_with_every_use_however_late_it_comes() =>
        Prop.ForAll(Uses.ToArbitrary(), uses =>
        {
            var heat = Heat.None;
            foreach (var (at, weight) in uses)
            {
                var next = Sut.After(heat, at, weight);
                Assert.True(next >= heat);
                heat = next;
            }
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Years_apart_and_today_are_no_trouble()
    {
        var first = new Heat(ByWorth.HalfLife).After(Heat.None, 0);
        var second = new Heat(ByWorth.HalfLife).After(first, 1.8e9);
        Assert.Equal(1.8e9 / ByWorth.HalfLife, second, 9);
    }

    private static double Of(IEnumerable<(int At, int Weight)> uses) => uses.Aggregate(Heat.None, (heat, use) => Sut.After(heat, use.At, use.Weight));
}
