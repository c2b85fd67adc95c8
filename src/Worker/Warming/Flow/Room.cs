namespace Understudy.Warming.Flow;

/// <summary>Requests and pixels under way, and whether one more fits. Pure. Not thread-safe.</summary>
internal sealed class Room(int requests, long pixels)
{
    /// <summary>Workers that have the limits together, each an equal share, but at least one request.</summary>
    public int Sharers { get; set; } = 1;

    public int Requests { get; private set; }

    public long Pixels { get; private set; }

    /// <param name="wanted">The pixels of one more. More than the limit fit where nothing else is under way: alone rather than never.</param>
    /// <param name="atMost">A narrower limit in requests, for now.</param>
    public bool Has(long wanted, int atMost = int.MaxValue) =>
        Requests == 0 || (Requests < Math.Min(Math.Max(1, requests / Sharers), atMost) && wanted <= pixels / Sharers - Pixels);

    public void Enter(long entering)
    {
        Requests++;
        Pixels += entering;
    }

    public void Leave(long leaving)
    {
        Requests--;
        Pixels -= leaving;
    }
}
