using System.Runtime.InteropServices;

namespace Understudy.Scavenging.Policies;

/// <summary>The index of the catalogue, in memory: scores are brought up to date when their copies come to the front.</summary>
/// <param name="grace">Seconds after its last use in which a copy doesn't go, unless nothing else is left.</param>
internal sealed class ScoredOrder(IScoredPolicy policy, double grace = 0) : IEvictionOrder
{
    private readonly PriorityQueue<int, double> _lowest = new();
    private readonly PriorityQueue<int, double> _spared = new();
    private readonly List<Known> _assets = [];
    private double _now;

    public void Used(in Use use)
    {
        while (_assets.Count <= use.Asset)
            _assets.Add(new Known(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity, 0));
        ref var asset = ref CollectionsMarshal.AsSpan(_assets)[use.Asset];
        asset = asset with { Memory = policy.Remember(asset.Memory, use.At), UsedAt = use.At };
        _now = use.At;
    }

    public void Copied(in Use use)
    {
        _assets[use.Asset] = _assets[use.Asset] with { CopiedAt = use.At, Bytes = use.Bytes };
        _lowest.Enqueue(use.Asset, Score(use.Asset));
    }

    public int Next()
    {
        while (_spared.TryPeek(out var again, out var until) && until <= _now)
            _lowest.Enqueue(_spared.Dequeue(), Score(again));
        while (_lowest.TryDequeue(out var asset, out var then))
        {
            if (Score(asset) is var now && now > then)
                _lowest.Enqueue(asset, now);
            else if (_assets[asset].UsedAt + grace is var until && until > _now)
                _spared.Enqueue(asset, until);
            else
                return asset;
        }

        return _spared.TryDequeue(out var spared, out _) ? spared : throw new InvalidOperationException("there is no copy that could go");
    }

    private double Score(int asset) => policy.Score(_assets[asset].Memory, _assets[asset].CopiedAt, _assets[asset].Bytes);

    private readonly record struct Known(double Memory, double UsedAt, double CopiedAt, long Bytes);
}
