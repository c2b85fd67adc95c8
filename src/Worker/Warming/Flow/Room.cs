namespace Understudy.Warming.Flow;

/// <summary>Requests and pixels under way, and whether one more fits. Pure. Not thread-safe.</summary>
internal sealed class Room(int requests, long pixels)
{
    public int Requests { get; private set; }

    public long Pixels { get; private set; }

    /// <param name="wanted">The pixels of one more. More than the limit fit where nothing else is under way: alone rather than never.</param>
    /// <param name="atMost">A narrower limit in requests, for now.</param>
    public bool Has(long wanted, int atMost = int.MaxValue) =>
        Requests == 0 || (Requests < Math.Min(requests, atMost) && wanted <= pixels - Pixels);

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
