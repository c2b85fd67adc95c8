using System.Runtime.InteropServices;

namespace Understudy.Scavenging.Policies;

/// <summary>The index of the catalogue, in memory: scores are brought up to date when their copies come to the front.</summary>
internal sealed class ScoredOrder(IScoredPolicy policy) : IEvictionOrder
{
    private readonly PriorityQueue<int, double> _lowest = new();
    private readonly List<Known> _assets = [];

    public void Used(in Use use)
    {
        while (_assets.Count <= use.Asset)
            _assets.Add(new Known(double.NegativeInfinity, double.NegativeInfinity, 0));
        ref var asset = ref CollectionsMarshal.AsSpan(_assets)[use.Asset];
        asset = asset with { Memory = policy.Remember(asset.Memory, use.At) };
    }

    public void Copied(in Use use)
    {
        _assets[use.Asset] = _assets[use.Asset] with { CopiedAt = use.At, Bytes = use.Bytes };
        _lowest.Enqueue(use.Asset, Score(use.Asset));
    }

    public int Next()
    {
        while (true)
        {
            if (!_lowest.TryPeek(out var asset, out var then))
                throw new InvalidOperationException("there is no copy that could go");
            var now = Score(asset);
            if (now <= then)
                return _lowest.Dequeue();
            _lowest.DequeueEnqueue(asset, now);
        }
    }

    private double Score(int asset) => policy.Score(_assets[asset].Memory, _assets[asset].CopiedAt, _assets[asset].Bytes);

    private readonly record struct Known(double Memory, double CopiedAt, long Bytes);
}
