namespace Understudy.Scavenging.Replay;

/// <summary>Somebody who goes through a work.</summary>
internal sealed class Session(int first, int pages, int page, int left)
{
    private int _page = page;

    public int First => first;

    public int Asset => first + _page;

    /// <summary>Uses to come, this one included.</summary>
    public int Left { get; private set; } = left;

    public bool IsCrawler { get; init; }

    /// <summary>Seconds on a page, on average.</summary>
    public double Dwell { get; init; }

    /// <summary>Mostly the next one. A crawler leaves none out.</summary>
    public bool TurnsThePage(Random random)
    {
        if (--Left == 0)
            return false;
        var mood = IsCrawler ? 0 : random.NextDouble();
        _page = mood < 0.65 ? (_page + 1) % pages
            : mood < 0.97 ? Math.Max(_page - 1, 0)
            : random.Next(pages);
        return true;
    }
}
