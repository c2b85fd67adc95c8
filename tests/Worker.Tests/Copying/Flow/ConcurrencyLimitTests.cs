using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

/// <summary>Where the limit settles, on model servers; every simulation prints what it did.</summary>
public sealed class ConcurrencyLimitTests(ITestOutputHelper output)
{
    private const long SmallFile = 256 * 1024;
    private static readonly FlowOptions Options = new();

    public static TheoryData<int> Seeds => [17, 18, 19];

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_with_capped_connections_doubles_within_a_second_and_goes_to_the_maximum(int seed)
    {
        var server = Show(new ModelServer(Options, seed).Run(20));
        Assert.Contains(server.Changes, c => c.At <= 1 && c.Limit >= 32);
        Assert.InRange(server.MeanLimit(last: 15), 60, 64);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_with_capped_connections_and_a_full_link_settles_where_the_link_is_full(int seed)
    {
        // 8 MiB at 90 MB/s behind 30 ms: 68 MB/s a connection, so that 14.7 fill the link.
        var server = Show(new ModelServer(Options, seed) { BytesPerSecond = 1e9 }.Run(60));
        Assert.InRange(server.MeanLimit(last: 30), 13, 20);
        Assert.InRange(server.Bytes / server.Seconds, 0.94e9, 1e9);
        AssertCalm(server);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_with_a_faster_link_settles_higher(int seed)
    {
        var server = Show(new ModelServer(Options, seed) { BytesPerSecond = 2.5e9 }.Run(60));
        Assert.InRange(server.MeanLimit(last: 30), 32, 46);
        Assert.InRange(server.Bytes / server.Seconds, 2.3e9, 2.5e9);
        AssertCalm(server);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_bound_by_the_cpu_comes_down_to_a_few(int seed)
    {
        var server = Show(new ModelServer(Options, seed) { BytesPerSecond = 700e6, BytesPerSecondAndConnection = 700e6 }.Run(60));
        Assert.InRange(server.MeanLimit(last: 30), 4, 9);
        Assert.InRange(server.Bytes / server.Seconds, 0.9 * 700e6, 700e6);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_of_a_throttling_source_stays_just_below_its_threshold(int seed)
    {
        var server = Show(new ModelServer(Options, seed) { ThrottlesAbove = 24 }.Run(120));
        Assert.InRange(server.MeanLimit(last: 60), 19, 24);
        Assert.InRange(server.ThrottledAt.Count(at => at > 60), 0, 40);
        AssertCalm(server);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_comes_down_where_the_first_byte_waits_in_a_queue(int seed)
    {
        var server = new ModelServer(Options, seed) { FirstByteSeconds = n => 0.030 * Math.Max(1, Math.Pow(n / 20.0, 2)) };
        Show(server.Run(60));
        // At 64 the first byte would take 300 ms, at 30 it takes 68.
        Assert.InRange(server.MeanLimit(last: 30), 18, 32);
        AssertCalm(server);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_for_small_files_settles_where_the_servers_queue_begins(int seed)
    {
        var server = new ModelServer(Options, seed) { FirstByteSeconds = n => 0.030 * Math.Max(1, n / 12.0), Work = _ => SmallFile };
        Show(server.Run(60));
        Assert.InRange(server.MeanLimit(last: 30), 10, 18);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Limit_rises_for_a_burst_of_small_files_after_large_ones(int seed)
    {
        var server = new ModelServer(Options, seed) { BytesPerSecond = 1e9 }.Run(20);
        var left = 5_000;
        server.Work = _ => left-- > 0 ? SmallFile : null;
        var started = server.Seconds;
        Show(server.Run(60, until: () => left <= 0 && server.IsIdle));

        // 10 s with 16 connections, 2.6 s with 64 from the start.
        Assert.InRange(server.Seconds - started, 2.5, 4);
    }

    [Fact]
    public void Limit_comes_back_down_for_a_large_file_after_small_ones()
    {
        var server = new ModelServer(Options) { BytesPerSecond = 1e9, Work = _ => SmallFile }.Run(10);
        Assert.InRange(server.MeanLimit(last: 5), 60, 64);
        server.Work = _ => 8 << 20;
        Show(server.Run(40));
        Assert.InRange(server.MeanLimit(last: 10), 13, 20);
    }

    [Fact]
    public void Limit_follows_a_path_that_became_slower_without_reason()
    {
        var server = new ModelServer(Options).Run(10);
        server.FirstByteSeconds = _ => 0.150;
        Show(server.Run(20));
        Assert.InRange(server.MeanLimit(last: 10), 55, 64);
    }

    [Fact]
    public void Limit_that_is_not_used_up_never_changes()
    {
        var limit = new ConcurrencyLimit(Options);
        for (var i = 0; i < 100_000; i++)
            limit.Finished(Fetch(startedMs: i * 10, inFlight: 8));
        Assert.Equal(Options.StartConnections, limit.Current);
    }

    [Fact]
    public void Limit_halves_once_for_all_the_throttled_fetches_of_a_second()
    {
        var limit = new ConcurrencyLimit(Options);
        for (var i = 0; i < 50; i++)
            limit.Finished(Fetch(startedMs: i * 10, FetchOutcome.Throttled));
        Assert.Equal(8, limit.Current);

        limit.Finished(Fetch(startedMs: 1_200, FetchOutcome.Throttled));
        Assert.Equal(4, limit.Current);
        limit.Finished(Fetch(startedMs: 3_000, FetchOutcome.Throttled));
        Assert.Equal(Options.MinConnections, limit.Current);
    }

    [Fact]
    public void Limit_ignores_throttling_of_fetches_that_started_before_it_was_halved()
    {
        var limit = new ConcurrencyLimit(Options);
        limit.Finished(Fetch(startedMs: 100, FetchOutcome.Throttled));
        limit.Finished(Fetch(startedMs: 50, FetchOutcome.Throttled, tookMs: 5_000));
        Assert.Equal(8, limit.Current);
    }

    [Theory]
    [InlineData(nameof(FetchOutcome.Failed))]
    [InlineData(nameof(FetchOutcome.Cancelled))]
    public void Limit_learns_nothing_from_fetches_that_ended_otherwise(string outcome)
    {
        var limit = new ConcurrencyLimit(Options);
        for (var i = 0; i < 1_000; i++)
            limit.Finished(Fetch(startedMs: i * 10, Enum.Parse<FetchOutcome>(outcome)));
        Assert.Equal(Options.StartConnections, limit.Current);
    }

    private static FetchSample Fetch(int startedMs, FetchOutcome outcome = FetchOutcome.Ok, int inFlight = 16, int tookMs = 100) =>
        new(TimeSpan.FromMilliseconds(startedMs), TimeSpan.FromMilliseconds(startedMs + tookMs), TimeSpan.FromMilliseconds(30), 8 << 20, inFlight, outcome);

    // At one level most of the time: trials are short, and go back.
    private static void AssertCalm(ModelServer server)
    {
        var limits = server.Limits(last: 30).Order().ToArray();
        var median = limits[limits.Length / 2];
        Assert.True(limits.Count(l => l >= median * 0.75 && l <= median * 1.25) >= 0.75 * limits.Length, $"restless around {median}");
    }

    private ModelServer Show(ModelServer server)
    {
        output.WriteLine($"{server.Bytes / server.Seconds / 1e6:0} MB/s in {server.Seconds:0.0} s, mean limit of the last 10 s {server.MeanLimit(last: 10):0.0}");
        output.WriteLine(string.Join(' ', server.Changes.Select(c => $"{c.At:0.00}:{c.Limit}")));
        return server;
    }
}
