using Understudy.Purging.Targets;

namespace Understudy.Worker.Tests.Purging;

/// <summary>
/// Image servers whose source was replaced at tick 0, and viewers who never stop asking. Each node keeps dimensions in its heap, and
/// dimensions and four pictures in a cache of its own or a shared one; a request takes up to <see cref="Longest"/> ticks, and puts what it
/// made, of the file as it was when it began, into the caches at its end.
/// </summary>
internal sealed class ModelCluster
{
    public const int Longest = 9;
    public const int Pictures = 4;

    // What a probe sees of the pictures.
    private const int Probed = 0;

    private readonly Random _random;
    private readonly Node[] _nodes;

    public ModelCluster(Random random, int nodes, bool shared)
    {
        _random = random;
        var cache = new Cache();
        _nodes = [.. Enumerable.Range(0, nodes).Select(_ => new Node(shared ? cache : new Cache()))];
        for (Now = -40; Now < 0;)
            Tick();
    }

    public int Now { get; private set; }

    /// <summary>Requests that began in this tick and were, or will be, answered with something old.</summary>
    public int OldAnswers { get; private set; }

    /// <summary>Faults end here.</summary>
    public int CalmFrom { get; init; }

    public int Nodes => _nodes.Length;

    public void Tick()
    {
        Now++;
        OldAnswers = 0;
        foreach (var node in _nodes)
        {
            foreach (var request in node.UnderWay.Where(r => r.Ends <= Now).ToList())
                Finish(node, request);
            for (var viewers = _random.Next(3); viewers > 0; viewers--)
                Begin(node);
            if (Now >= CalmFrom)
                node.IsAway = false;
            else if (_random.Next(12) == 0)
                node.IsAway = !node.IsAway;
        }
    }

    /// <param name="again">The second one. That it is passed over can't be seen from outside where no probed picture came back: see docs/decisions/0019.</param>
    public PurgeReply Purge(int which, bool again)
    {
        var node = _nodes[which];
        if (node.IsAway)
            return new PurgeReply.NotYet("no connection", IsAway: true);
        if (Now < CalmFrom && _random.Next(6) == 0)
            return new PurgeReply.NotYet("500");
        // A sweep was running, or the record says done and isn't.
        if (Now < CalmFrom && !again && _random.Next(6) == 0)
            return PurgeReply.Done;
        node.HeapIsOld = null;
        node.Cache.InfoIsOld = null;
        Array.Fill(node.Cache.PictureIsOld, null);
        return PurgeReply.Done;
    }

    public Verdict Look(int which, bool sizesOnly)
    {
        var node = _nodes[which];
        if (node.IsAway)
            return new Verdict.Away("no connection");
        return InfoOf(node) || !sizesOnly && (node.Cache.PictureIsOld[Probed] ?? false) ? new Verdict.Stale("the old one") : new Verdict.Clean();
    }

    /// <summary>Whatever lies in a cache that is old.</summary>
    public bool IsClean => _nodes.All(n => n.HeapIsOld is not true && n.Cache.InfoIsOld is not true && n.Cache.PictureIsOld.All(p => p is not true));

    private void Begin(Node node)
    {
        var picture = _random.Next(Pictures);
        if (node.Cache.PictureIsOld[picture] is { } cached)
        {
            OldAnswers += cached ? 1 : 0;
            return;
        }

        var fileIsOld = Now < 0;
        var readsInfo = node.HeapIsOld is null && node.Cache.InfoIsOld is null;
        var isOld = fileIsOld || InfoOf(node);
        if (!readsInfo)
            node.HeapIsOld ??= node.Cache.InfoIsOld;
        OldAnswers += isOld ? 1 : 0;
        node.UnderWay.Add(new Request(picture, isOld, readsInfo, Now + _random.Next(1, Longest + 1)));
    }

    private static void Finish(Node node, Request request)
    {
        node.UnderWay.Remove(request);
        node.Cache.PictureIsOld[request.Picture] = request.IsOld;
        if (!request.WritesInfo)
            return;
        node.HeapIsOld = request.IsOld;
        node.Cache.InfoIsOld = request.IsOld;
    }

    private static bool InfoOf(Node node) => node.HeapIsOld ?? node.Cache.InfoIsOld ?? false;

    private sealed record Request(int Picture, bool IsOld, bool WritesInfo, int Ends);

    private sealed class Cache
    {
        public bool? InfoIsOld { get; set; }

        public bool?[] PictureIsOld { get; } = new bool?[Pictures];
    }

    private sealed class Node(Cache cache)
    {
        public Cache Cache => cache;

        public bool? HeapIsOld { get; set; }

        public bool IsAway { get; set; }

        public List<Request> UnderWay { get; } = [];
    }
}
