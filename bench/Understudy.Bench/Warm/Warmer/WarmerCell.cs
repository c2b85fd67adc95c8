namespace Understudy.Bench.Warm.Warmer;

/// <summary>One limit of requests at so many nodes: the rounds of every way.</summary>
/// <param name="Concurrency">Requests at once at each node.</param>
internal sealed record WarmerCell(int Concurrency, int Nodes, int Assets, int Requests, IReadOnlyList<WayRounds> Ways)
{
    /// <summary>What the worker permitted itself at a node at last; it begins with 1.</summary>
    public double Permitted { get; set; }
}

internal sealed record WayRounds(string Name, List<WarmerSample> Samples);

/// <summary>What one run took.</summary>
/// <param name="Requests">That it made.</param>
/// <param name="CpuSeconds">Of whoever asked; null where that can't be told from the server.</param>
/// <param name="CatalogueCpuSeconds">Of the worker's private PostgreSQL.</param>
/// <param name="ServerCpuSeconds">Of this process, in which the server is, and the bare loop as well.</param>
internal sealed record WarmerSample(int Requests, double Seconds, double? CpuSeconds = null, double? CatalogueCpuSeconds = null, double? ServerCpuSeconds = null);

internal interface IWay
{
    string Name { get; }

    Task<WarmerSample> RunAsync(CancellationToken cancel);
}
