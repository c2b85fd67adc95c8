using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>
/// What no policy can do better than, whatever it knows and whatever the sizes: the lower bound of flow-based offline optimum (PFOO-L: Berger, Beckmann,
/// Harchol-Balter, 2018). To answer a use from the store, the file must have been there since its last use: that costs size × uses between.
/// The store has its size × all uses to spend. Spending it where it spares most, as if everything could be put wherever there is room, spares at least as much as any policy does.
/// </summary>
internal sealed class Bound
{
    private readonly Saving _uses = new();
    private readonly Saving _bytes = new();
    private readonly Saving _seconds = new();
    private long _asked;

    public void Ask(in Use use)
    {
        _asked++;
        _uses.Ask(1);
        _bytes.Ask(use.Bytes);
        _seconds.Ask(CopyCost.Seconds(use.Bytes));
    }

    /// <param name="distance">Uses since the asset's last one.</param>
    public void Add(in Use use, long distance)
    {
        var room = (double)use.Bytes * distance;
        _uses.Add(1, room);
        _bytes.Add(use.Bytes, room);
        _seconds.Add(CopyCost.Seconds(use.Bytes), room);
    }

    /// <summary>For a store of so many bytes: the smallest shares of uses, bytes and seconds that are missed.</summary>
    public (double Uses, double Bytes, double Seconds) Of(long capacity)
    {
        var room = (double)capacity * _asked;
        return (_uses.Missed(room), _bytes.Missed(room), _seconds.Missed(room));
    }

    /// <summary>What can be spared, by what a unit of it costs: in steps of 1.1 %, so that it needs no memory by the use.</summary>
    private sealed class Saving
    {
        private const int Steps = 64;
        private const int Lowest = -64;

        private readonly (double Spared, double Room)[] _byPrice = new (double, double)[Steps * 160];
        private double _asked;

        public void Ask(double amount) => _asked += amount;

        public void Add(double spared, double room)
        {
            ref var step = ref _byPrice[Math.Clamp((int)Math.Floor((Math.Log2(room / spared) - Lowest) * Steps), 0, _byPrice.Length - 1)];
            step = (step.Spared + spared, step.Room + room);
        }

        public double Missed(double room)
        {
            var spared = 0d;
            foreach (var step in _byPrice)
            {
                // The step in which the room ends counts in whole: nothing may be better than the bound.
                spared += step.Spared;
                room -= step.Room;
                if (room < 0)
                    break;
            }

            return _asked == 0 ? 0 : 1 - (spared / _asked);
        }
    }
}
