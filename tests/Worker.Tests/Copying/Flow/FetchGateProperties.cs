#pragma warning disable CA2012 // Held on purpose: what is asserted is when they complete.
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

/// <summary>Random histories of arrivals, ends, cancellations and lifts; a failure prints the history and the seed to replay.</summary>
public sealed class FetchGateProperties
{
    private const int Limit = 3, Reserve = 2;

    // What: 0-4 enter, 5-7 end one, 8 cancel one, 9 lift one. Which: picks the one, the customer, the lane.
    private static readonly Arbitrary<(int What, int Which)[]> Histories =
        (from what in Gen.Choose(0, 9) from which in Gen.Choose(0, 1_000) select (what, which)).ArrayOf().Resize(300).ToArbitrary();

    [Fact]
    public void Gate_never_exceeds_its_limits_loses_no_wake_up_and_leaks_no_slot() =>
        Prop.ForAll(Histories, history =>
        {
            var run = new Run();
            foreach (var (what, which) in history)
            {
                run.Step(what, which);
                run.AssertInvariants();
            }

            run.Drain();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nobody_waits_for_more_than_16_grants_for_each_that_queued_before() =>
        Prop.ForAll(Histories, history =>
        {
            var run = new Run();
            foreach (var (what, which) in history)
                run.Step(what, which);
            run.Drain();
            Assert.All(run.Entries, e => Assert.InRange(e.GrantsSeen, 0, 16 * (e.QueuedBefore + 1)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Customers_that_always_queue_get_equal_bytes_within_two_fetches() =>
        Prop.ForAll(Gen.Choose(1, 1_000).ArrayOf(400).ToArbitrary(), sizes =>
        {
            var gate = new FetchGate(new FlowOptions { MinConnections = 1, StartConnections = 1, MaxConnections = 1 }, new FakeTimeProvider());
            var running = gate.EnterAsync(new FlowTicket(9, Lane.Bulk), 1, default).Result;
            var queued = sizes.Select((size, i) => (Customer: i % 4, Size: size, Entry: gate.EnterAsync(new FlowTicket(i % 4, Lane.Bulk), size, default))).ToList();
            var got = new long[4];
            // While all four still have some queued; the grant to the oldest shifts the sharing by one fetch at most.
            for (var i = 0; i < 150; i++)
            {
                running.Dispose();
                var next = queued.Single(q => q.Entry.IsCompleted);
                queued.Remove(next);
                got[next.Customer] += next.Size;
                running = next.Entry.Result;
                if (queued.Select(q => q.Customer).Distinct().Count() < 4)
                    break;
                Assert.InRange(got.Max() - got.Min(), 0, 3 * sizes.Max());
            }
        }).QuickCheckThrowOnFailure();

    private sealed class Entry(FlowTicket ticket, ValueTask<FetchSlot> task, CancellationTokenSource cancel)
    {
        public FlowTicket Ticket => ticket;
        public ValueTask<FetchSlot> Task => task;
        public CancellationTokenSource Cancel => cancel;
        public bool Waiting => ticket.Lane == Lane.Waiting;
        public int QueuedBefore { get; init; }
        public int GrantsSeen { get; set; }
    }

    private sealed class Run
    {
        private readonly FetchGate _gate = new(
            new FlowOptions { MinConnections = Limit, StartConnections = Limit, MaxConnections = Limit, WaitingReserve = Reserve }, new FakeTimeProvider());

        private readonly List<Entry> _queued = [];
        private readonly List<(FetchSlot Slot, bool Waiting)> _out = [];

        public List<Entry> Entries { get; } = [];

        public void Step(int what, int which)
        {
            if (what <= 4)
                Enter(which);
            else if (what <= 7)
                End(which);
            else if (_queued.Count > 0 && what == 8)
                Cancel(_queued[which % _queued.Count]);
            else if (_queued.Count > 0)
                _queued[which % _queued.Count].Ticket.Lane = (Lane)(which % 5);
            Settle();
        }

        public void AssertInvariants()
        {
            Assert.Equal(_out.Count, _gate.InFlight);
            Assert.Equal(_queued.Count, Enum.GetValues<Lane>().Sum(_gate.Queued));
            Assert.InRange(_out.Count, 0, Limit + Reserve);
            Assert.InRange(_out.Count(o => !o.Waiting), 0, Limit);
            Assert.False(_queued.Count > 0 && _out.Count < Limit, "a slot is free and somebody queues");
            Assert.False(_queued.Any(e => e.Waiting) && _out.Count < Limit + Reserve, "the reserve is free and lane waiting queues");
        }

        public void Drain()
        {
            while (_out.Count > 0)
            {
                End(0);
                Settle();
                AssertInvariants();
            }

            Assert.Empty(_queued);
            Assert.Equal(0, _gate.InFlight);
        }

        private void Enter(int which)
        {
            var ticket = new FlowTicket(which % 7, (Lane)(which / 7 % 5));
            var cancel = new CancellationTokenSource();
            var entry = new Entry(ticket, _gate.EnterAsync(ticket, 1 + which * 1_000, cancel.Token), cancel) { QueuedBefore = _queued.Count };
            Entries.Add(entry);
            _queued.Add(entry);
        }

        private void End(int which)
        {
            if (_out.Count == 0)
                return;
            var (slot, _) = _out[which % _out.Count];
            _out.RemoveAt(which % _out.Count);
            slot.Finished(TimeSpan.FromMilliseconds(which), which, (FetchOutcome)(which % 4));
            slot.Dispose();
        }

        private void Cancel(Entry entry)
        {
            entry.Cancel.Cancel();
            Assert.True(entry.Task.IsCanceled);
            _queued.Remove(entry);
        }

        private void Settle()
        {
            foreach (var entry in _queued.Where(e => e.Task.IsCompleted).ToList())
            {
                _queued.Remove(entry);
                _out.Add((entry.Task.Result, entry.Waiting));
                foreach (var other in _queued)
                    other.GrantsSeen++;
            }
        }
    }
}
