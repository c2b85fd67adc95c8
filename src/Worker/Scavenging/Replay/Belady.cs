using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>
/// Belády's MIN with hindsight: the copy whose next use is furthest away goes first, whatever its size. No policy that copies what is asked for
/// misses fewer if all files are equally large; where they aren't, see <see cref="Bound"/>.
/// </summary>
internal sealed class Belady(NextUses next) : IEvictionPolicy
{
    public string Name => "belady";

    public IEvictionOrder Begin(long capacity) => new Order(next);

    private sealed class Order(NextUses next) : IEvictionOrder
    {
        private PriorityQueue<int, long> _furthest = new();
        private readonly Dictionary<int, long> _there = [];

        public void Used(in Use use)
        {
            if (_there.ContainsKey(use.Asset))
                Expect(use);
        }

        public void Copied(in Use use) => Expect(use);

        public int Next()
        {
            while (true)
            {
                if (!_furthest.TryDequeue(out var asset, out var minus))
                    throw new InvalidOperationException("there is no copy that could go");
                if (_there.TryGetValue(asset, out var expected) && expected == -minus)
                {
                    _there.Remove(asset);
                    return asset;
                }
            }
        }

        private void Expect(in Use use)
        {
            // What was expected before has come, and is never the furthest; from time to time it is cleared out.
            if (_furthest.Count > (2 * _there.Count) + 1000)
                _furthest = new PriorityQueue<int, long>(_there.Select(t => (t.Key, -t.Value)));
            _there[use.Asset] = next.After(use.Index);
            _furthest.Enqueue(use.Asset, -_there[use.Asset]);
        }
    }
}
