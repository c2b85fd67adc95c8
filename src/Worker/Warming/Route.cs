using System.Collections;
using Understudy.Warming.Flow;

namespace Understudy.Warming;

/// <summary>Requests in their order, and who gets them: one node, or, where the nodes share their cache, whichever has time.</summary>
/// <param name="Key">Of its progress in the catalogue.</param>
internal sealed class Route(string key, IReadOnlyList<NodeFlow> nodes, IReadOnlyList<WarmRequest> requests)
{
    private readonly BitArray _good = new(requests.Count);

    public string Key => key;

    public IReadOnlyList<WarmRequest> Requests => requests;

    public int GoodCount { get; private set; }

    /// <summary>The node that has the least to do; null while all are left alone.</summary>
    public NodeFlow? Node => nodes.Where(n => !n.IsPaused).MinBy(n => n.InFlight + n.Queued);

    public int NodeCount => nodes.Count;

    public bool IsGood(int request)
    {
        lock (_good)
            return _good[request];
    }

    public void MarkGood(int request)
    {
        lock (_good)
        {
            GoodCount += _good[request] ? 0 : 1;
            _good[request] = true;
        }
    }

    public void MarkAllGood()
    {
        _good.SetAll(true);
        GoodCount = requests.Count;
    }

    /// <summary>What a former attempt noted by <see cref="Progress"/>, of the very same requests. Where there is more to ask for, info.json shows again that the node is well.</summary>
    public void Resume(byte[] progress)
    {
        var former = new BitArray(progress);
        for (var i = 0; i < Math.Min(former.Length, requests.Count); i++)
        {
            if (former[i] && requests[i] is not WarmRequest.Info)
                MarkGood(i);
        }
    }

    public byte[] Progress()
    {
        var bytes = new byte[(requests.Count + 7) / 8];
        lock (_good)
            _good.CopyTo(bytes, 0);
        return bytes;
    }
}
