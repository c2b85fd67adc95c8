namespace Understudy.Scavenging.Replay;

/// <summary>When each use's asset is used again, as the index of that use: what only hindsight knows. 4 bytes a use.</summary>
internal sealed class NextUses
{
    public const long Never = long.MaxValue;

    private readonly List<uint> _distances = [];

    public void Add(long use, long next)
    {
        while (_distances.Count <= use)
            _distances.Add(0);
        _distances[(int)use] = checked((uint)(next - use));
    }

    public long After(long use) => use < _distances.Count && _distances[(int)use] is var distance and > 0 ? use + distance : Never;
}
