using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Understudy.Warming.Flow;

namespace Understudy.Worker.Tests.Warming.Flow;

public sealed class ClusterFlowTests : IDisposable
{
    private const long Mega = 1 << 20;
    private static readonly TurnReport Good = new(AnswerKind.Good, TimeSpan.FromMilliseconds(50));
    private static readonly TurnReport Overload = new(AnswerKind.Overload, TimeSpan.FromMilliseconds(50));

    private readonly FakeTimeProvider _time = new();
    private readonly List<ClusterFlow> _clusters = [];

    public void Dispose() => _clusters.ForEach(c => c.Dispose());

    [Fact]
    public async Task Request_larger_than_the_limit_goes_alone()
    {
        var node = Cluster(new WarmingFlowOptions { Concurrency = 2, PixelsInFlight = 10 * Mega }).Nodes[0];
        var small = await EnterAsync(node, Mega);
        var large = node.EnterAsync(500 * Mega, 0, default).AsTask();
        var behind = node.EnterAsync(Mega, 0, default).AsTask();
        Assert.False(large.IsCompleted || behind.IsCompleted);

        small.Finished(Good);
        var alone = await large;
        Assert.False(behind.IsCompleted);
        Assert.Equal((1, 500 * Mega), (node.InFlight, node.PixelsInFlight));

        alone!.Finished(Good);
        (await behind)!.Dispose();
        Assert.Equal((0, 0), (node.InFlight, node.PixelsInFlight));
    }

    [Fact]
    public async Task Request_that_waits_for_the_clusters_room_is_not_kept_out_by_small_ones_of_other_nodes()
    {
        var cluster = Cluster(new WarmingFlowOptions { ClusterPixelsInFlight = 10 * Mega });
        var first = await EnterAsync(cluster.Nodes[0], Mega);
        var large = cluster.Nodes[1].EnterAsync(10 * Mega, 0, default).AsTask();
        var small = cluster.Nodes[2].EnterAsync(Mega, 0, default).AsTask();
        Assert.False(small.IsCompleted);

        first.Finished(Good);
        (await large)!.Finished(Good);
        (await small)!.Dispose();
    }

    [Fact]
    public void Workers_share_the_limits_equally()
    {
        var room = new Room(requests: 4, pixels: 10 * Mega) { Sharers = 2 };
        room.Enter(3 * Mega);
        Assert.True(room.Has(2 * Mega));
        Assert.False(room.Has(3 * Mega));
        room.Enter(Mega);
        Assert.False(room.Has(0));

        var cluster = Cluster(new WarmingFlowOptions { Concurrency = 2 });
        cluster.ShareWith(8);
        Assert.Equal(0.25, cluster.Nodes[0].Permitted);
        cluster.ShareWith(1);
        Assert.Equal(1, cluster.Nodes[0].Permitted);
    }

    [Fact]
    public async Task More_urgent_lane_goes_first()
    {
        var node = Cluster().Nodes[0];
        var first = await EnterAsync(node, 1);
        var bulk = node.EnterAsync(1, 4, default).AsTask();
        var urgent = node.EnterAsync(1, 0, default).AsTask();
        first.Finished(Good);
        Assert.True(urgent.IsCompleted);
        Assert.False(bulk.IsCompleted);
        (await urgent)!.Dispose();
        (await bulk)!.Dispose();
    }

    [Fact]
    public async Task Paused_node_sends_its_waiters_back_and_blocks_no_other()
    {
        var cluster = Cluster();
        var (node, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        var turn = await EnterAsync(node, 1);
        var waiting = node.EnterAsync(1, 0, default).AsTask();
        turn.Finished(Overload with { RetryAfter = TimeSpan.FromSeconds(30) });

        Assert.Null(await waiting);
        Assert.Null(await node.EnterAsync(1, 0, default));
        Assert.True(node.IsPaused);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(30), node.PausedUntil);
        (await EnterAsync(other, 1)).Finished(Good);
        Assert.False(other.IsPaused);
    }

    [Fact]
    public async Task Pause_ends_with_one_probe_and_the_rest_waits_for_it()
    {
        var node = Cluster(new WarmingFlowOptions { Concurrency = 8 }).Nodes[0];
        for (var i = 0; i < 100; i++)
            (await EnterAsync(node, 1)).Finished(Good);
        (await EnterAsync(node, 1)).Finished(Overload with { RetryAfter = TimeSpan.FromSeconds(30) });
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(node.IsPaused);
        Assert.True(node.Permitted > 2);

        var probe = await EnterAsync(node, 1);
        var next = node.EnterAsync(1, 0, default).AsTask();
        var afterNext = node.EnterAsync(1, 0, default).AsTask();
        Assert.False(next.IsCompleted);
        probe.Finished(Good);
        (await next)!.Dispose();
        (await afterNext)!.Dispose();
    }

    [Fact]
    public async Task Probe_that_fails_sends_those_who_wait_for_it_back()
    {
        var node = Cluster().Nodes[0];
        (await EnterAsync(node, 1)).Finished(Overload with { RetryAfter = TimeSpan.FromSeconds(1) });
        _time.Advance(TimeSpan.FromSeconds(1));
        var probe = await EnterAsync(node, 1);
        var next = node.EnterAsync(1, 0, default).AsTask();
        probe.Finished(Overload);
        Assert.Null(await next);
        Assert.True(node.IsPaused);
    }

    [Fact]
    public async Task Less_than_one_at_a_time_is_one_with_rests_between()
    {
        var node = Cluster().Nodes[0];
        for (var i = 0; i < 10; i++)
            (await EnterAsync(node, 1)).Finished(Good);
        while (node.Permitted >= 1)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            (await EnterAsync(node, 1)).Finished(Good with { Latency = TimeSpan.FromSeconds(1) });
        }

        var rest = TimeSpan.FromSeconds(1 / node.Permitted - 1);
        var next = node.EnterAsync(1, 0, default).AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(rest - TimeSpan.FromMilliseconds(2));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(4));
        (await next)!.Dispose();
    }

    [Fact]
    public async Task Cancelled_wait_for_a_large_request_lets_those_behind_it_go()
    {
        var node = Cluster(new WarmingFlowOptions { PixelsInFlight = 10 * Mega }).Nodes[0];
        for (var i = 0; i < 40; i++)
            (await EnterAsync(node, 1)).Finished(Good);
        var first = await EnterAsync(node, Mega);
        using var cancel = new CancellationTokenSource();
        var large = node.EnterAsync(10 * Mega, 0, cancel.Token).AsTask();
        var small = node.EnterAsync(Mega, 0, default).AsTask();
        Assert.False(small.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small)!.Dispose();
        first.Dispose();
    }

    [Fact]
    public async Task Flow_under_many_threads_and_cancellations_serves_everyone_and_leaks_nothing()
    {
        using var cluster = new ClusterFlow(
            new WarmingFlowOptions { Concurrency = 3, PixelsInFlight = 6 * Mega, ClusterConcurrency = 5, ClusterPixelsInFlight = 9 * Mega }, ["a", "b", "c"], _time);
        var (turns, under) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            var random = new Random(i);
            for (var n = 0; n < 1_000; n++)
            {
                using var cancel = new CancellationTokenSource();
                var entry = cluster.Nodes[random.Next(3)].EnterAsync(random.NextInt64(8 * Mega), random.Next(5), cancel.Token);
                if (n % 3 == 0)
                    await cancel.CancelAsync();
                try
                {
                    using var turn = await entry;
                    Assert.InRange(Interlocked.Increment(ref under), 1, 5);
                    await Task.Yield();
                    Interlocked.Decrement(ref under);
                    Interlocked.Increment(ref turns);
                    turn!.Finished(n % 5 == 0 ? new TurnReport(AnswerKind.Bad, TimeSpan.Zero) : Good);
                }
                catch (OperationCanceledException)
                {
                }
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.All(cluster.Nodes, n => Assert.Equal((0, 0, 0), (n.InFlight, n.PixelsInFlight, n.Queued)));
        Assert.True(turns >= 10 * 666);
    }

    [Fact]
    public async Task Metrics_show_each_node()
    {
        using var meter = new Meter("test");
        var cluster = Cluster();
        FlowMetrics.Observe(meter, cluster.Nodes);
        using var turn = await EnterAsync(cluster.Nodes[0], 7);
        (await EnterAsync(cluster.Nodes[1], 7)).Finished(Overload with { RetryAfter = TimeSpan.FromSeconds(1) });

        Assert.Equal(
            ["in_flight a=1", "in_flight b=0", "paused a=0", "paused b=1", "pauses a=0", "pauses b=1", "permitted a=1", "permitted b=0.5",
                "pixels_in_flight a=7", "pixels_in_flight b=0", "queued a=0", "queued b=0"],
            Measure(meter).Where(m => !m.Contains(" c=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private static List<string> Measure(Meter meter)
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == meter)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i, value, tags));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Add($"{instrument.Name["understudy.warm.".Length..]} {tags[0].Value}={value}");
    }

    private ClusterFlow Cluster(WarmingFlowOptions? options = null)
    {
        _clusters.Add(new ClusterFlow(options ?? new WarmingFlowOptions(), ["a", "b", "c"], _time, new Random(1)));
        return _clusters[^1];
    }

    private static async Task<Turn> EnterAsync(NodeFlow node, long pixels) => Assert.IsType<Turn>(await node.EnterAsync(pixels, 0, default));
}
