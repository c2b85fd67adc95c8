#pragma warning disable CA2012 // Held on purpose: what is asserted is when they complete.
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

public sealed class FetchGateTests
{
    private const int Part = 8 << 20;
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Gate_with_room_grants_at_once()
    {
        var gate = Gate(limit: 2);
        using var slot = await Enter(gate, customer: 1);
        Assert.Equal((1, 0), (gate.InFlight, gate.Queued(Lane.Bulk)));
    }

    [Fact]
    public async Task Gate_at_its_limit_queues_and_grants_when_a_slot_comes_back()
    {
        var gate = Gate(limit: 1);
        var first = await Enter(gate, customer: 1);
        var second = Enter(gate, customer: 1);
        Assert.False(second.IsCompleted);
        Assert.Equal((1, 1), (gate.InFlight, gate.Queued(Lane.Bulk)));

        Done(first);
        using var slot = await second;
        Assert.Equal((1, 0), (gate.InFlight, gate.Queued(Lane.Bulk)));
    }

    [Fact]
    public async Task Slot_given_back_twice_counts_once()
    {
        var gate = Gate(limit: 1);
        var slot = await Enter(gate, customer: 1);
        Done(slot);
        Done(slot);
        slot.Dispose();
        Assert.Equal(0, gate.InFlight);
    }

    [Fact]
    public async Task Gate_serves_lanes_in_their_order()
    {
        var gate = Gate(limit: 1, reserve: 0);
        var running = await Enter(gate, customer: 1);
        var queued = new[] { Lane.Bulk, Lane.Ahead, Lane.Waiting, Lane.Ingest, Lane.Hit }
            .Select(lane => (Lane: lane, Entry: Enter(gate, customer: 1, lane))).ToList();

        Assert.Equal([Lane.Waiting, Lane.Hit, Lane.Ingest, Lane.Ahead, Lane.Bulk], await Order(running, queued));
    }

    [Fact]
    public async Task Gate_keeps_the_reserve_for_lane_waiting()
    {
        var gate = Gate(limit: 2, reserve: 1);
        var running = new[] { await Enter(gate, customer: 1), await Enter(gate, customer: 1) };
        var hit = Enter(gate, customer: 1, Lane.Hit);
        var waiting = Enter(gate, customer: 1, Lane.Waiting);
        var beyond = Enter(gate, customer: 1, Lane.Waiting);
        Assert.Equal((false, true, false), (hit.IsCompleted, waiting.IsCompleted, beyond.IsCompleted));

        Done(running[0]);
        Assert.Equal((false, true), (hit.IsCompleted, beyond.IsCompleted));
        Done(running[1]);
        Assert.False(hit.IsCompleted);
        Done(await waiting);
        Assert.True(hit.IsCompleted);
    }

    [Fact]
    public async Task Ticket_lifted_while_queued_goes_before_the_others()
    {
        var gate = Gate(limit: 1, reserve: 0);
        var running = await Enter(gate, customer: 1);
        var lifted = new FlowTicket(1, Lane.Bulk);
        var queued = new List<(string, ValueTask<FetchSlot>)>
        {
            ("bulk", Enter(gate, customer: 1)),
            ("lifted 1", gate.EnterAsync(lifted, Part, default)),
            ("ahead", Enter(gate, customer: 1, Lane.Ahead)),
            ("lifted 2", gate.EnterAsync(lifted, Part, default)),
        };

        lifted.Lane = Lane.Hit;
        Assert.Equal((2, 1), (gate.Queued(Lane.Hit), gate.Queued(Lane.Bulk)));
        Assert.Equal(["lifted 1", "lifted 2", "ahead", "bulk"], await Order(running, queued));
    }

    [Fact]
    public async Task Lane_waiting_has_its_reserve_also_when_more_are_out_than_a_shrunken_limit_allows()
    {
        var gate = new FetchGate(new FlowOptions { MinConnections = 2, StartConnections = 12, MaxConnections = 12, WaitingReserve = 2 }, _time);
        var hung = new List<FetchSlot>();
        while (gate.InFlight < gate.Limit)
            hung.Add(await Enter(gate, customer: 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        hung[0].Finished(TimeSpan.Zero, 0, FetchOutcome.Throttled);
        Assert.True(gate.InFlight > gate.Limit + 2);

        var waiting = new[] { Enter(gate, customer: 1, Lane.Waiting), Enter(gate, customer: 1, Lane.Waiting), Enter(gate, customer: 1, Lane.Waiting) };

        Assert.Equal([true, true, false], waiting.Select(w => w.IsCompleted));
        Done(await waiting[0]);
        Assert.True(waiting[2].IsCompleted);
    }

    [Fact]
    public async Task Ticket_lifted_to_waiting_gets_a_slot_of_the_reserve_at_once()
    {
        var gate = Gate(limit: 1, reserve: 1);
        using var running = await Enter(gate, customer: 1);
        var ticket = new FlowTicket(1, Lane.Bulk);
        var entry = gate.EnterAsync(ticket, Part, default);
        Assert.False(entry.IsCompleted);
        ticket.Lane = Lane.Waiting;
        Assert.True(entry.IsCompleted);
    }

    [Fact]
    public async Task Customer_with_one_fetch_is_not_held_back_by_another_s_thousand()
    {
        var gate = Gate(limit: 1, reserve: 0);
        var running = await Enter(gate, customer: 1);
        var queued = Enumerable.Range(0, 1_000).Select(_ => (Customer: 1, Entry: Enter(gate, customer: 1))).ToList();
        for (var i = 0; i < 20; i++)
        {
            Done(running);
            running = await queued[0].Entry;
            queued.RemoveAt(0);
        }

        queued.Add((2, Enter(gate, customer: 2)));
        Assert.InRange((await Order(running, queued)).IndexOf(2), 0, 1);
    }

    [Fact]
    public async Task Newcomer_starts_level_and_gets_nothing_for_the_time_before()
    {
        var gate = Gate(limit: 1, reserve: 0);
        var running = await Enter(gate, customer: 1);
        var queued = Enumerable.Range(0, 100).Select(_ => (Customer: 1, Entry: Enter(gate, customer: 1))).ToList();
        for (var i = 0; i < 50; i++)
        {
            Done(running);
            running = await queued[0].Entry;
            queued.RemoveAt(0);
        }

        queued.AddRange(Enumerable.Range(0, 50).Select(_ => (2, Enter(gate, customer: 2))));
        Assert.InRange((await Order(running, queued)).Take(40).Count(c => c == 2), 18, 22);
    }

    [Fact]
    public async Task Customers_share_by_bytes_and_not_by_fetches()
    {
        var gate = Gate(limit: 1, reserve: 0);
        var running = await Enter(gate, customer: 9);
        var queued = new List<(int Customer, ValueTask<FetchSlot> Entry)>();
        for (var i = 0; i < 200; i++)
        {
            queued.Add((1, Enter(gate, customer: 1, bytes: 4_000)));
            queued.Add((2, Enter(gate, customer: 2, bytes: 1_000)));
        }

        var first = (await Order(running, queued)).Take(100).ToList();
        Assert.InRange(first.Count(c => c == 1), 17, 26);
    }

    [Fact]
    public async Task Gate_flooded_by_lane_waiting_still_serves_the_oldest_of_lane_bulk()
    {
        var gate = Gate(limit: 4, reserve: 2);
        var flood = new Queue<FetchSlot>();
        for (var i = 0; i < 6; i++)
            flood.Enqueue(await Enter(gate, customer: 1, Lane.Waiting));
        var bulk = Enter(gate, customer: 2);

        var grants = 0;
        for (; !bulk.IsCompleted; grants++)
        {
            // The flood arrives before and after each slot that comes back: it never lets the queue run dry.
            var next = Enter(gate, customer: 1, Lane.Waiting);
            Done(flood.Dequeue());
            if (next.IsCompleted)
                flood.Enqueue(await next);
            Assert.InRange(grants, 0, 16);
        }
    }

    [Fact]
    public async Task Cancelled_entry_leaves_the_queue_and_the_next_is_served()
    {
        var gate = Gate(limit: 1);
        var running = await Enter(gate, customer: 1);
        using var cancel = new CancellationTokenSource();
        var cancelled = gate.EnterAsync(new FlowTicket(1, Lane.Hit), Part, cancel.Token);
        var next = Enter(gate, customer: 1);
        await cancel.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await cancelled);
        Assert.Equal(0, gate.Queued(Lane.Hit));
        Done(running);
        Assert.True(next.IsCompleted);
    }

    [Fact]
    public async Task Entry_granted_before_it_is_cancelled_holds_its_slot()
    {
        var gate = Gate(limit: 1);
        var running = await Enter(gate, customer: 1);
        using var cancel = new CancellationTokenSource();
        var entry = gate.EnterAsync(new FlowTicket(1, Lane.Hit), Part, cancel.Token);
        Done(running);
        await cancel.CancelAsync();
        (await entry).Dispose();
        Assert.Equal(0, gate.InFlight);
    }

    [Fact]
    public async Task Gate_refuses_an_entry_that_is_cancelled_already()
    {
        var gate = Gate(limit: 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await gate.EnterAsync(new FlowTicket(1, Lane.Hit), Part, new CancellationToken(canceled: true)));
        Assert.Equal(0, gate.InFlight);
    }

    [Fact]
    public async Task Gate_lets_throttling_lower_the_limit()
    {
        var gate = new FetchGate(new FlowOptions { StartConnections = 8, MinConnections = 2 }, _time);
        (await Enter(gate, customer: 1)).Finished(TimeSpan.Zero, 0, FetchOutcome.Throttled);
        Assert.Equal(4, gate.Limit);
    }

    [Fact]
    public async Task Gate_raises_the_limit_when_fetches_at_the_limit_go_well()
    {
        var gate = new FetchGate(new FlowOptions { StartConnections = 4, MinConnections = 2 }, _time);
        for (var round = 0; round < 10; round++)
        {
            var slots = new List<FetchSlot>();
            while (gate.InFlight < gate.Limit)
                slots.Add(await Enter(gate, customer: 1));
            _time.Advance(TimeSpan.FromMilliseconds(100));
            var more = slots.Select(_ => Enter(gate, customer: 1)).ToList();
            slots.ForEach(Done);
            foreach (var entry in more)
                slots.Add(await entry);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            slots.ForEach(Done);
        }

        Assert.InRange(gate.Limit, 6, 64);
    }

    [Fact]
    public void Ticket_of_another_gate_is_refused()
    {
        var ticket = new FlowTicket(1, Lane.Hit);
        _ = Gate(limit: 1).EnterAsync(ticket, Part, default);
        Assert.Throws<InvalidOperationException>(() => { _ = Gate(limit: 1).EnterAsync(ticket, Part, default); });
    }

    private FetchGate Gate(int limit, int reserve = 4) => new(
        new FlowOptions { MinConnections = limit, StartConnections = limit, MaxConnections = limit, WaitingReserve = reserve }, _time);

    private static ValueTask<FetchSlot> Enter(FetchGate gate, int customer, Lane lane = Lane.Bulk, int bytes = Part) =>
        gate.EnterAsync(new FlowTicket(customer, lane), bytes, default);

    private static void Done(FetchSlot slot) => slot.Finished(TimeSpan.FromMilliseconds(30), slot.Bytes, FetchOutcome.Ok);

    /// <summary>Gives back one slot after the other, and says in which order the queued ones got theirs.</summary>
    private static async Task<List<T>> Order<T>(FetchSlot running, List<(T Name, ValueTask<FetchSlot> Entry)> queued)
    {
        var order = new List<T>();
        var left = queued.ToList();
        while (left.Count > 0)
        {
            Done(running);
            var next = Assert.Single(left, q => q.Entry.IsCompleted);
            left.Remove(next);
            order.Add(next.Name);
            running = await next.Entry;
        }

        Done(running);
        return order;
    }
}
