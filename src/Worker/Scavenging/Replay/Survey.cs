using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>What is known of a trace when it was read once.</summary>
/// <param name="Footprint">Bytes of all assets in it together: a store of this size never evicts.</param>
/// <param name="UsedOnce">Assets of which there is no second use.</param>
/// <param name="BytesAsked">By all uses together.</param>
/// <param name="SecondsPossible">That viewers would wait without a store.</param>
internal sealed record Survey(
    long Uses, int Assets, long Footprint, int UsedOnce, double BytesAsked, double SecondsPossible, double Seconds, NextUses Next, Bound Bound)
{
    /// <param name="read">Is told how many uses were read so far.</param>
    public static Survey Of(ITrace trace, Action<long> read, CancellationToken cancel)
    {
        var (next, bound, last) = (new NextUses(), new Bound(), new List<LastUse>());
        long uses = 0, footprint = 0;
        double asked = 0, possible = 0, begin = 0, end = 0;
        foreach (var use in trace.Read())
        {
            if (use.Index % Replaying.Chunk == 0)
            {
                cancel.ThrowIfCancellationRequested();
                read(use.Index);
            }

            if (use.Asset == last.Count)
            {
                last.Add(new LastUse(use.Index, IsFirst: true));
                footprint += use.Bytes;
            }
            else
            {
                var before = last[use.Asset].Index;
                next.Add(before, use.Index);
                bound.Add(use, use.Index - before);
                last[use.Asset] = new LastUse(use.Index, IsFirst: false);
            }

            bound.Ask(use);
            asked += use.Bytes;
            possible += CopyCost.Seconds(use.Bytes);
            begin = use.Index == 0 ? use.At : begin;
            (uses, end) = (use.Index + 1, use.At);
        }

        return new Survey(uses, last.Count, footprint, last.Count(l => l.IsFirst), asked, possible, end - begin, next, bound);
    }

    private readonly record struct LastUse(long Index, bool IsFirst);
}
