using Understudy.Warming.Planning;

namespace Understudy.Comparing;

/// <summary>In which state a server is when it is asked.</summary>
internal enum Pass
{
    /// <summary>This run hasn't asked for it before.</summary>
    Cold,

    /// <summary>The same once more.</summary>
    Warm,
}

/// <summary>The figures of some assets: for each server and pass.</summary>
internal sealed class Comparison(IReadOnlyList<ImageServer> servers)
{
    private readonly Dictionary<(ImageServer, Pass), Tally> _tallies =
        servers.SelectMany(s => Enum.GetValues<Pass>().Select(p => (s, p))).ToDictionary(key => key, _ => new Tally());

    public IReadOnlyList<ImageServer> Servers => servers;

    public ViewerProfile Profile { get; init; }

    public int Given { get; init; }

    public int Compared { get; set; }

    public List<(string Asset, string Reason)> LeftOut { get; } = [];

    public bool Interrupted { get; set; }

    public Tally Of(ImageServer server, Pass pass) => _tallies[(server, pass)];

    public void Add(Comparison other)
    {
        foreach (var (key, tally) in other._tallies)
            _tallies[key].Add(tally);
    }
}
