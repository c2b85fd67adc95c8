namespace Understudy.Scavenging.Replay;

/// <summary>Books of pages and single images, with sizes: median 7 MB, 99th percentile 150 MB, at most 2 GB.</summary>
internal sealed class Works
{
    private const double MedianBytes = 7.1e6;
    private const long Least = 20_000;
    private const long Most = 2_000_000_000;

    private readonly List<long> _bytes = [];

    public Works(GeneratedDemand demand, Random random)
    {
        All = new (int, int)[demand.Books + demand.Singles];
        for (var i = 0; i < All.Length; i++)
        {
            // A book's pages are scanned alike.
            var work = MedianBytes * Math.Exp(1.2 * Normal(random));
            var pages = i < demand.Books ? Math.Clamp((int)(46 * Math.Exp(0.73 * Normal(random))), 2, 800) : 1;
            All[i] = (_bytes.Count, pages);
            for (var page = 0; page < pages; page++)
                _bytes.Add(Math.Clamp((long)(work * Math.Exp(0.4 * Normal(random))), Least, Most));
        }

        random.Shuffle(All);
        OfWorks = _bytes.Count;
    }

    /// <summary>First asset and how many; the most wanted first, until ranks change.</summary>
    public (int First, int Pages)[] All { get; }

    /// <summary>Assets below this number are of works.</summary>
    public int OfWorks { get; }

    public long Bytes(int asset) => _bytes[asset];

    /// <summary>One more image, of no work.</summary>
    public int AddOne(Random random)
    {
        _bytes.Add(Math.Clamp((long)(MedianBytes * Math.Exp(1.26 * Normal(random))), Least, Most));
        return _bytes.Count - 1;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
