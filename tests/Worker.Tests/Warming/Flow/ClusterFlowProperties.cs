#pragma warning disable CA2012 // Held on purpose: what is asserted is when they complete.
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Understudy.Warming.Flow;

namespace Understudy.Worker.Tests.Warming.Flow;

/// <summary>Random histories of arrivals, answers, cancellations and time that passes; a failure prints the history and the seed to replay.</summary>
public sealed class ClusterFlowProperties
{
    private const int Concurrency = 3, ClusterConcurrency = 5;
    private const long Pixels = 8 << 20, ClusterPixels = 12 << 20;

    // What: 0-4 enter, 5-7 an answer, 8 cancel one, 9 time passes. Which: picks the one, the node, the lane, the pixels, the answer.
    private static readonly Arbitrary<(int What, int Which)[]> Histories =
        (from what in Gen.Choose(0, 9) from which in Gen.Choose(0, 1_000_000) select (what, which)).ArrayOf().Resize(300).ToArbitrary();

    [Fact]
    public void Flow_never_exceeds_its_limits_loses_no_wake_up_and_leaks_nothing() =>
        Prop.ForAll(Histories, history =>
        {
            using var run = new Run(overloads: true);
            foreach (var (what, which) in history)
            {
                run.Step(what, which);
                run.AssertInvariants();
            }

            run.Drain();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nobody_sees_more_than_16_later_turns_at_his_node_for_each_that_waited_before() =>
        Prop.ForAll(Histories, history =>
        {
            using var run = new Run(overloads: false);
            foreach (var (what, which) in history)
                run.Step(what, which);
            run.Drain();
            Assert.All(run.Entries, e => Assert.InRange(e.Overtaken, 0, 16 * (e.WaitedBefore + 1)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_two_at_one_node_in_one_lane_the_first_to_come_goes_first() =>
        Prop.ForAll(Histories, history =>
        {
            using var run = new Run(overloads: false);
            foreach (var (what, which) in history)
                run.Step(what, which);
            run.Drain();
            foreach (var lane in run.Entries.Where(e => e.TurnAt is not null).GroupBy(e => (e.Node, e.Lane)))
                Assert.Equal(lane.Select(e => e.TurnAt).Order(), lane.Select(e => e.TurnAt));
        }).QuickCheckThrowOnFailure();

    private sealed class Entry(NodeFlow node, int lane, long pixels, ValueTask<Turn?> task, CancellationTokenSource cancel)
    {
        public NodeFlow Node => node;
        public int Lane => lane;
        public long Pixels => pixels;
        public ValueTask<Turn?> Task => task;
        public CancellationTokenSource Cancel => cancel;
        public int WaitedBefore { get; init; }
        public int Overtaken { get; set; }
        public int? TurnAt { get; set; }
    }

    private sealed class Run : IDisposable
    {
        private readonly FakeTimeProvider _time = new();
        private readonly ClusterFlow _cluster;
        private readonly bool _overloads;
        private readonly List<Entry> _waiting = [];
        private readonly List<Turn> _out = [];
        private int _turns;

        public Run(bool overloads)
        {
            _overloads = overloads;
            _cluster = new ClusterFlow(
                new WarmingFlowOptions { Concurrency = Concurrency, PixelsInFlight = Pixels, ClusterConcurrency = ClusterConcurrency, ClusterPixelsInFlight = ClusterPixels },
                ["a", "b", "c"], _time, new Random(1));
            foreach (var node in _cluster.Nodes)
            {
                for (var i = 0; i < 50; i++)
                    node.EnterAsync(1 << 18, 0, default).Result!.Finished(new TurnReport(AnswerKind.Good, TimeSpan.FromMilliseconds(50)));
                Assert.Equal(Concurrency, node.Permitted);
            }
        }

        public List<Entry> Entries { get; } = [];

        public void Dispose() => _cluster.Dispose();

        public void Step(int what, int which)
        {
            if (what <= 4)
                Enter(which);
            else if (what <= 7)
                Answer(which);
            else if (what == 8 && _waiting.Count > 0)
                Cancel(_waiting[which % _waiting.Count]);
            else
                _time.Advance(TimeSpan.FromMilliseconds(which % 1_500));
            Settle();
        }

        public void AssertInvariants()
        {
            foreach (var node in _cluster.Nodes)
            {
                var turns = _out.Where(t => t.Node == node).ToList();
                Assert.Equal(turns.Count, node.InFlight);
                Assert.Equal(turns.Sum(t => t.Pixels), node.PixelsInFlight);
                Assert.Equal(_waiting.Count(w => w.Node == node), node.Queued);
                Assert.InRange(turns.Count, 0, Concurrency);
                Assert.True(turns.Count <= 1 || node.PixelsInFlight <= Pixels);
                Assert.False(node.IsPaused && node.Queued > 0, "somebody waits at a paused node");
                Assert.InRange(node.Permitted, Congestion.Least, Concurrency);
            }

            Assert.InRange(_out.Count, 0, ClusterConcurrency);
            Assert.True(_out.Count <= 1 || _out.Sum(t => t.Pixels) <= ClusterPixels);
            var open = _cluster.Nodes.Where(n => n.Permitted >= 1 && _waiting.Any(w => w.Node == n) && _waiting.Where(w => w.Node == n).All(HasRoom));
            // A probe is alone at its node, whatever else would fit.
            Assert.DoesNotContain(open, n => n.InFlight == 0 || n.Pauses == 0);
        }

        public void Drain()
        {
            for (var rounds = 0; _waiting.Count + _out.Count > 0; rounds++)
            {
                Assert.True(rounds < 10_000, "somebody waits for ever");
                while (_out.Count > 0)
                {
                    _out[0].Dispose();
                    _out.RemoveAt(0);
                    Settle();
                    AssertInvariants();
                }

                _time.Advance(TimeSpan.FromSeconds(30));
                Settle();
            }

            Assert.All(_cluster.Nodes, n => Assert.Equal((0, 0, 0), (n.InFlight, n.PixelsInFlight, n.Queued)));
        }

        // All that wait anywhere have to fit, so that it doesn't matter whose turn it is.
        private bool HasRoom(Entry entry) =>
            entry.Node.InFlight < (int)entry.Node.Permitted && (entry.Node.InFlight == 0 || entry.Node.PixelsInFlight + entry.Pixels <= Pixels)
            && _waiting.All(w => _out.Count == 0 || (_out.Count < ClusterConcurrency && _out.Sum(t => t.Pixels) + w.Pixels <= ClusterPixels));

        private void Enter(int which)
        {
            var (node, lane) = (_cluster.Nodes[which % 3], which / 3 % 4);
            // Up to twice what fits a node.
            var pixels = which / 12 % 10 == 0 ? 2 * Pixels : (long)(which / 12 % 100) << 16;
            var cancel = new CancellationTokenSource();
            var entry = new Entry(node, lane, pixels, node.EnterAsync(pixels, lane, cancel.Token), cancel) { WaitedBefore = _waiting.Count(w => w.Node == node) };
            Entries.Add(entry);
            _waiting.Add(entry);
        }

        private void Answer(int which)
        {
            if (_out.Count == 0)
                return;
            var turn = _out[which % _out.Count];
            _out.Remove(turn);
            var kind = (which / 7 % 10) switch { 0 when _overloads => AnswerKind.Overload, 1 => AnswerKind.Cancelled, 2 => AnswerKind.Bad, _ => AnswerKind.Good };
            turn.Finished(new TurnReport(kind, TimeSpan.FromMilliseconds(_overloads ? 20 + which % 400 : 50)));
            turn.Dispose();
        }

        private void Cancel(Entry entry)
        {
            entry.Cancel.Cancel();
            Assert.True(entry.Task.IsCanceled);
            _waiting.Remove(entry);
        }

        private void Settle()
        {
            foreach (var entry in _waiting.Where(e => e.Task.IsCompleted).ToList())
            {
                _waiting.Remove(entry);
                if (entry.Task.Result is not { } turn)
                    continue;
                _out.Add(turn);
                entry.TurnAt = _turns++;
                foreach (var other in _waiting.TakeWhile(w => Entries.IndexOf(w) < Entries.IndexOf(entry)).Where(w => w.Node == entry.Node))
                    other.Overtaken++;
            }
        }
    }
}
