using Understudy.Scavenging.Policies;
using Understudy.Scavenging.Replay;

namespace Understudy.Worker.Tests.Scavenging;

public sealed class GeneratedDemandTests
{
    private static readonly GeneratedDemand Small = new() { Seed = 7, Books = 400, Singles = 6_000, Uses = 200_000 };

    public static TheoryData<double, double, double> NineSettings =>
    [
        .. from demand in new[] { (Zipf: 0.8, Crawled: 0.0), (Zipf: 0.8, Crawled: 0.2), (Zipf: 1.0, Crawled: 0.2) }
           from share in new[] { 0.01, 0.03, 0.1 }
           select new TheoryDataRow<double, double, double>(demand.Zipf, demand.Crawled, share),
    ];

    [Theory, MemberData(nameof(NineSettings))]
    public void Default_policy_spares_viewers_more_than_all_others_that_do_not_know_the_future(double zipf, double crawled, double share)
    {
        var demand = Small with { Zipf = zipf, Crawled = crawled };
        var survey = Survey.Of(demand, _ => { }, CancellationToken.None);
        var (policies, _) = KnownPolicies.Create(["worth", "gdsf", "s3-fifo", "lru", "fifo"], survey, TimeSpan.Zero);
        var stall = Replaying.Run(demand, survey, policies, false, [(long)(survey.Footprint * share)], 0.8, _ => { }, CancellationToken.None)
            .ToDictionary(f => f.Policy, f => f.StallShare);

        // LRU is what everybody has: clearly better than that.
        Assert.True(stall["worth"] < 0.9 * stall["lru"], string.Join(", ", stall));
        Assert.Equal("worth", stall.MinBy(s => s.Value).Key);
    }

    [Fact]
    public void Same_seed_gives_the_same_uses_and_another_seed_others()
    {
        var (once, again, other) = (Small.Read().Take(5_000).ToList(), Small.Read().Take(5_000).ToList(), (Small with { Seed = 8 }).Read().Take(5_000).ToList());
        Assert.Equal(once, again);
        Assert.NotEqual(once, other);
    }

    [Fact]
    public void Uses_come_in_order_and_an_asset_keeps_its_size()
    {
        var (last, sizes, index) = (0d, new List<long>(), 0L);
        foreach (var use in Small.Read())
        {
            Assert.Equal(index++, use.Index);
            Assert.True(use.At >= last);
            last = use.At;
            if (use.Asset == sizes.Count)
                sizes.Add(use.Bytes);
            Assert.Equal(sizes[use.Asset], use.Bytes);
        }

        Assert.Equal(Small.Uses, index);
        Assert.InRange(last / 86_400, Small.Days * 0.9, Small.Days * 1.1);
    }

    [Fact]
    public void Sizes_are_those_of_a_digital_collection()
    {
        var sizes = (Small with { Crawled = 0.3, Uses = 400_000 }).Read().DistinctBy(u => u.Asset).Select(u => u.Bytes).Order().ToList();
        Assert.InRange(sizes[sizes.Count / 2], 5_500_000, 9_000_000);
        Assert.InRange(sizes[sizes.Count * 99 / 100], 90_000_000, 220_000_000);
        Assert.InRange(sizes[^1], sizes[0], 2_000_000_000);
    }

    [Fact]
    public void Crawlers_take_their_share_of_uses_and_touch_what_readers_leave_alone()
    {
        var (without, with) = (Touched(Small), Touched(Small with { Crawled = 0.3 }));
        Assert.True(with > without * 1.15, $"{without} assets without crawlers, {with} with");
    }

    [Fact]
    public void Some_assets_are_used_once_and_never_again()
    {
        var survey = Survey.Of(Small with { Once = 0.05, Zipf = 1 }, _ => { }, CancellationToken.None);
        Assert.InRange(survey.UsedOnce, Small.Uses / 20 * 0.95, survey.Assets);
    }

    private static int Touched(GeneratedDemand demand) => Survey.Of(demand, _ => { }, CancellationToken.None).Assets;
}
