using Understudy.Contracts;

namespace Understudy.Copying.Flow;

/// <summary>For whom, and how urgently, one copy fetches; all of its fetches show the same ticket. Thread-safe.</summary>
internal sealed class FlowTicket(int customer, Lane lane)
{
    private int _lane = (int)lane;
    private FetchGate? _gate;

    public int Customer => customer;

    /// <summary>Can be changed at any time; fetches that already queue move to the new lane at once.</summary>
    public Lane Lane
    {
        get => (Lane)Volatile.Read(ref _lane);
        set
        {
            // A full fence here and one in BindTo: either the gate reads the new lane when it queues, or it is told here.
            Interlocked.Exchange(ref _lane, (int)value);
            Volatile.Read(ref _gate)?.Refile(this);
        }
    }

    internal void BindTo(FetchGate gate)
    {
        var bound = Interlocked.CompareExchange(ref _gate, gate, null);
        if (bound is not null && bound != gate)
            throw new InvalidOperationException("a ticket belongs to the gate that it was first shown to");
    }
}
