using System.Diagnostics.CodeAnalysis;

namespace Understudy.Copying.Flow;

/// <summary>
/// One lane's queue: fair between customers by bytes, first come first served within a customer. Not thread-safe.
/// </summary>
/// <remarks>
/// Start-time fair queueing (Goyal, Vin, Cheng 1996): each customer's next fetch has a start tag, the bytes that the
/// customer got so far in this busy period; the least tag goes next and becomes the virtual time, which is where newcomers
/// start. So a newcomer is served within one fetch of every other customer, however long their queues are.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue.")]
internal sealed class FairQueue
{
    private readonly Dictionary<int, CustomerFlow> _flows = [];

    // Few customers queue at the same time: looking at each is quicker than keeping a heap in order through removals.
    private readonly List<CustomerFlow> _backlogged = [];
    private long _virtualTime;

    public int Count { get; private set; }

    public void Add(FetchSlot slot)
    {
        var flow = Flow(slot.Ticket.Customer);
        if (flow.First is null)
        {
            flow.StartTag = Math.Max(flow.StartTag, _virtualTime);
            _backlogged.Add(flow);
        }

        flow.Insert(slot);
        slot.Queue = this;
        Count++;
    }

    public void Remove(FetchSlot slot)
    {
        var flow = _flows[slot.Ticket.Customer];
        flow.Remove(slot);
        slot.Queue = null;
        Count--;
        if (flow.First is null)
            _backlogged.Remove(flow);
        // The busy period is over: what was used in it is forgiven, and forgotten.
        if (Count == 0)
            _flows.Clear();
    }

    public FetchSlot Take()
    {
        var next = _backlogged[0];
        foreach (var flow in _backlogged)
        {
            if (flow.IsBefore(next))
                next = flow;
        }

        _virtualTime = next.StartTag;
        return Take(next.First!);
    }

    public FetchSlot Take(FetchSlot slot)
    {
        _flows[slot.Ticket.Customer].StartTag += Math.Max(1, slot.Bytes);
        Remove(slot);
        return slot;
    }

    public FetchSlot? Oldest()
    {
        FetchSlot? oldest = null;
        foreach (var flow in _backlogged)
        {
            if (oldest is null || flow.First!.Sequence < oldest.Sequence)
                oldest = flow.First;
        }

        return oldest;
    }

    public void CollectOf(FlowTicket ticket, ref List<FetchSlot>? found)
    {
        if (!_flows.TryGetValue(ticket.Customer, out var flow))
            return;
        for (var slot = flow.First; slot is not null; slot = slot.Next)
        {
            if (slot.Ticket == ticket)
                (found ??= []).Add(slot);
        }
    }

    private CustomerFlow Flow(int customer)
    {
        if (!_flows.TryGetValue(customer, out var flow))
            _flows.Add(customer, flow = new CustomerFlow());
        return flow;
    }
}
