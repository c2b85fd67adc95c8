namespace Understudy.Scavenging.Policies;

/// <summary>
/// Greedy-Dual-Size-Frequency (Cherkasova, 1998): uses × cost ÷ size, on top of what the last copy that went was worth. For the replay only: each use
/// has to know that last one, and a copy's place depends on when it was looked at.
/// </summary>
/// <param name="cost">Of copying so many bytes again.</param>
/// <param name="halfLife">Null: uses count as long as the copy is there, as published. Else they decay, and are remembered.</param>
internal sealed class Gdsf(string name, Func<long, double> cost, double? halfLife = null) : IEvictionPolicy
{
    public string Name => name;

    public IEvictionOrder Begin(long capacity) => new Order(cost, halfLife);

    private sealed class Order(Func<long, double> cost, double? halfLife) : IEvictionOrder
    {
        private readonly PriorityQueue<int, double> _lowest = new();
        private readonly List<Known> _assets = [];
        private double _inflation;

        public void Used(in Use use)
        {
            while (_assets.Count <= use.Asset)
                _assets.Add(default);
            var asset = _assets[use.Asset];
            var uses = 1 + (halfLife is { } h ? asset.Uses * Math.Pow(2, (asset.At - use.At) / h) : asset.Uses);
            _assets[use.Asset] = new Known(uses, use.At, Math.Max(asset.Priority, _inflation + (uses * cost(use.Bytes) / use.Bytes)));
        }

        public void Copied(in Use use) => _lowest.Enqueue(use.Asset, _assets[use.Asset].Priority);

        public int Next()
        {
            while (true)
            {
                if (!_lowest.TryPeek(out var asset, out var then))
                    throw new InvalidOperationException("there is no copy that could go");
                if (_assets[asset].Priority <= then)
                {
                    _inflation = then;
                    if (halfLife is null)
                        _assets[asset] = default;
                    return _lowest.Dequeue();
                }

                _lowest.DequeueEnqueue(asset, _assets[asset].Priority);
            }
        }

        private readonly record struct Known(double Uses, double At, double Priority);
    }
}
