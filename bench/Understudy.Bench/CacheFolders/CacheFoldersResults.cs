using Understudy.Bench.Measuring;

namespace Understudy.Bench.CacheFolders;

internal sealed record CacheFoldersWay(string Name, string? Remark)
{
    public List<Sample> Samples { get; } = [];
}

internal sealed record CacheFoldersResults(Machine Machine, int Files, int Removed)
{
    public List<CacheFoldersWay> Ways { get; } = [];

    public List<string> Failures { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }

    /// <summary>Processes that wanted to run, over the last minute, at the beginning and at the end.</summary>
    public double LoadBefore { get; set; }

    public double LoadAfter { get; set; }
}
