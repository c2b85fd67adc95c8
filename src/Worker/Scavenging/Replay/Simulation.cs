using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>
/// One store under one policy. What is asked for and isn't there is copied; when that doesn't fit, copies go until the store is down to its low
/// mark with the new one in it. It never holds more than its capacity.
/// </summary>
/// <param name="low">The low mark as a share of the capacity; 1: no more goes than must.</param>
internal sealed class Simulation(IEvictionPolicy policy, long capacity, double low)
{
    private readonly IEvictionOrder _order = policy.Begin(capacity);
    private readonly Tally _tally = new();
    private readonly List<long> _there = [];

    public long Held { get; private set; }

    public StoreFigures Figures => _tally.Figures(policy.Name, capacity);

    public bool Holds(int asset) => asset < _there.Count && _there[asset] > 0;

    public void Take(in Use use)
    {
        while (_there.Count <= use.Asset)
            _there.Add(0);
        var isThere = Holds(use.Asset);
        _tally.Asked(use, isThere);
        _order.Used(use);
        if (isThere || use.Bytes > capacity)
            return;

        MakeRoom(use.Bytes);
        _there[use.Asset] = use.Bytes;
        Held += use.Bytes;
        _tally.Copied(use);
        _order.Copied(use);
    }

    private void MakeRoom(long bytes)
    {
        if (Held + bytes <= capacity)
            return;
        var mark = (long)(capacity * low);
        var most = bytes <= mark ? mark : capacity;
        while (Held + bytes > most)
        {
            var gone = _order.Next();
            Held -= _there[gone];
            _there[gone] = 0;
        }
    }
}
