using FsCheck;
using FsCheck.Fluent;
using Understudy.Warming.Flow;

namespace Understudy.Worker.Tests.Warming.Flow;

/// <summary>Random histories of one node; a failure prints the history and the seed to replay.</summary>
public sealed class NodeStateProperties
{
    private const int Concurrency = 4;

    /// <param name="Kind">Of the answer.</param>
    /// <param name="Latency">In milliseconds.</param>
    /// <param name="Size">As a power of two of pixels.</param>
    /// <param name="After">Milliseconds from the last answer to this request.</param>
    private sealed record Event(AnswerKind Kind, int Latency, int Size, int After);

    // Latencies and pauses of all magnitudes alike.
    private static readonly Gen<Event> Events =
        from kind in Gen.Frequency((8, Gen.Constant(AnswerKind.Good)), (1, Gen.Constant(AnswerKind.Bad)), (1, Gen.Constant(AnswerKind.Overload)), (1, Gen.Constant(AnswerKind.Cancelled)))
        from latency in Gen.Choose(0, 160)
        from size in Gen.Choose(0, 3)
        from after in Gen.Choose(0, 160)
        select new Event(kind, (int)Math.Pow(2, latency / 10.0), 16 + 2 * size, (int)Math.Pow(2, after / 10.0) - 1);

    [Fact]
    public void Node_that_answers_evenly_is_at_its_full_concurrency_within_half_an_hour_whatever_happened() =>
        Prop.ForAll(
            (from history in Events.ArrayOf(150) from latency in Gen.Choose(2, 2_000) from hits in Gen.Choose(0, 7) from seed in Gen.Choose(0, 1_000_000) select (history, latency, hits, seed)).ToArbitrary(),
            run =>
            {
                var (node, now, random) = (new NodeState(new WarmingFlowOptions { Concurrency = Concurrency }), TimeSpan.Zero, new Random(run.seed));
                foreach (var happened in run.history)
                {
                    now += TimeSpan.FromMilliseconds(happened.After);
                    now = Ask(node, happened, now, random);
                    Assert.InRange(node.Permitted, Congestion.Least, Concurrency);
                }

                var (end, most) = (now + TimeSpan.FromMinutes(30), 0.0);
                while (now < end)
                {
                    var hit = random.Next(10) < run.hits;
                    // Of its own, not of the cache, it takes between 1 and 1.5 times as long.
                    var latency = hit ? 1 : (int)(run.latency * (1 + random.NextDouble() / 2));
                    now = Ask(node, new Event(AnswerKind.Good, latency, 18, 0), now, random);
                    most = now > end - TimeSpan.FromMinutes(5) ? Math.Max(most, node.Permitted) : 0;
                }

                Assert.Equal(Concurrency, most);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    private static TimeSpan Ask(NodeState node, Event happens, TimeSpan now, Random random)
    {
        var pixels = 1L << happens.Size;
        now = Later(now, node.RestsUntil);
        now = Later(now, node.PausedUntil(now) ?? now);
        Assert.True(node.MayStart(pixels, now));
        var (started, probe) = (now, node.Start(pixels));
        now += TimeSpan.FromMilliseconds(happens.Latency);
        node.Finished(pixels, probe, new TurnReport(happens.Kind, now - started), started, now, random.NextDouble());
        return now;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
