using System.Collections.Concurrent;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>A request, and what became of it.</summary>
internal sealed class CantaloupeExchange(CantaloupeRequest request, CantaloupeFault? fault)
{
    public CantaloupeRequest Request => request;

    public CantaloupeFault? Fault => fault;

    /// <summary>0 where it never came to headers.</summary>
    public int Status { get; set; }

    public long BytesSent { get; set; }
}

/// <summary>What a node saw of requests for images and infos; safe to read at any time.</summary>
internal sealed class CantaloupeTraffic
{
    private readonly ConcurrentQueue<CantaloupeExchange> _exchanges = new();
    private readonly ConcurrentDictionary<string, int> _numbers = new();
    private int _requests;

    public HighWater ConcurrentRequests { get; } = new();

    /// <summary>What is being decoded: with <c>w,h</c> the whole region counts.</summary>
    public PixelsInFlight Pixels { get; } = new();

    /// <summary>In the order of their arrival.</summary>
    public IReadOnlyList<CantaloupeExchange> Exchanges => [.. _exchanges];

    public int Requests => _exchanges.Count;

    /// <summary>Path and query of each request, in the order of their arrival.</summary>
    public IReadOnlyList<string> Urls => [.. _exchanges.Select(e => e.Request.Url)];

    public int RequestsOf(string url) => _exchanges.Count(e => e.Request.Url == url);

    /// <summary>Images that had to be made: each one more than once is work done twice.</summary>
    public int Decoded => _exchanges.Count(e => e.Request.Pixels > 0);

    internal (int Number, int OfUrl) Count(string url) =>
        (Interlocked.Increment(ref _requests), _numbers.AddOrUpdate(url, 1, (_, n) => n + 1));

    internal void Add(CantaloupeExchange exchange) => _exchanges.Enqueue(exchange);

    internal CantaloupeWork Begin(long pixels) => new(ConcurrentRequests.Enter(), Pixels, pixels);
}

/// <summary>A request under way, until the first <see cref="Dispose"/>.</summary>
internal sealed class CantaloupeWork(IDisposable running, PixelsInFlight all, long pixels) : IDisposable
{
    private bool _isOver;

    /// <summary>With this one's, when it began.</summary>
    public long PixelsInFlight { get; } = all.Enter(pixels);

    public void Dispose()
    {
        if (_isOver)
            return;
        _isOver = true;
        all.Leave(pixels);
        running.Dispose();
    }
}

/// <summary>How many pixels there are, and how many there ever were at once.</summary>
internal sealed class PixelsInFlight
{
    private readonly Lock _lock = new();

    public long Now { get; private set; }

    public long Mark { get; private set; }

    /// <returns>How many there are with these.</returns>
    internal long Enter(long pixels)
    {
        lock (_lock)
        {
            Now += pixels;
            Mark = Math.Max(Mark, Now);
            return Now;
        }
    }

    internal void Leave(long pixels)
    {
        lock (_lock)
            Now -= pixels;
    }
}
