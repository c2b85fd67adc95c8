namespace Understudy.Scavenging.Policies;

/// <summary>
/// After S3-FIFO (Yang et al., SOSP 2023), in bytes: what is new waits in a small queue, a tenth of the store; what was used again meanwhile goes on to
/// the main queue, the rest goes, and is known for a while: if it comes back, it goes to the main queue at once. For the replay only: a place in a queue is no number.
/// </summary>
internal sealed class S3Fifo : IEvictionPolicy
{
    private const double SmallShare = 0.1;
    private const byte MostUses = 3;

    public string Name => "s3-fifo";

    public IEvictionOrder Begin(long capacity) => new Order((long)(capacity * SmallShare));

    private sealed class Order(long smallBytes) : IEvictionOrder
    {
        private readonly Queue<int> _small = new();
        private readonly Queue<int> _main = new();
        private readonly List<Known> _assets = [];
        private long _inSmall;
        private long _demoted;

        public void Used(in Use use)
        {
            while (_assets.Count <= use.Asset)
                _assets.Add(new Known(0, 0, long.MinValue));
            var asset = _assets[use.Asset];
            _assets[use.Asset] = asset with { Uses = (byte)Math.Min(asset.Uses + 1, MostUses) };
        }

        public void Copied(in Use use)
        {
            var asset = _assets[use.Asset];
            // As many are remembered as are in the main queue.
            var known = asset.Demoted >= 0 && _demoted - asset.Demoted <= _main.Count;
            _assets[use.Asset] = new Known(0, use.Bytes, long.MinValue);
            (known ? _main : _small).Enqueue(use.Asset);
            if (!known)
                _inSmall += use.Bytes;
        }

        public int Next()
        {
            while (true)
            {
                var fromSmall = _small.Count > 0 && (_inSmall > smallBytes || _main.Count == 0);
                var next = (fromSmall ? _small : _main).Dequeue();
                var asset = _assets[next];
                if (fromSmall)
                    _inSmall -= asset.Bytes;
                if (asset.Uses == 0)
                {
                    _assets[next] = asset with { Uses = 0, Demoted = fromSmall ? _demoted++ : long.MinValue };
                    return next;
                }

                _main.Enqueue(next);
                _assets[next] = asset with { Uses = (byte)(fromSmall ? 0 : asset.Uses - 1) };
            }
        }

        private readonly record struct Known(byte Uses, long Bytes, long Demoted);
    }
}
