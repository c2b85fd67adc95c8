using System.Text.Json.Serialization;
using Understudy.Bench.Contenders;
using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Copy;

/// <summary>One set, at one speed, to one destination: the rounds of everyone who took part.</summary>
internal sealed record Cell(DataSet Set, string Speed, string Destination, IReadOnlyList<Rounds> Contenders);

/// <param name="Samples">Without the first, which only warms.</param>
internal sealed record Rounds(string Tool, string Name, List<Sample> Samples)
{
    [JsonIgnore]
    public bool IsLimit => Tool == "cp";

    [JsonIgnore]
    public bool IsPeer => !IsLimit && Tool != UnderstudyContender.ToolName;

    [JsonIgnore]
    public double MedianWall => Spread.Of(Samples.Select(s => s.WallSeconds))!.Median;
}

/// <summary>A kind of call, in milliseconds.</summary>
/// <param name="Late">Calls that did not end with the copy there.</param>
internal sealed record Calls(string What, int Count, int Late, double? Median, double? P99, double? Min, double? Max)
{
    public static Calls Of(string what, IEnumerable<double> milliseconds, int late = 0)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted.Length == 0
            ? new Calls(what, 0, late, null, null, null, null)
            : new Calls(what, sorted.Length, late, Spread.Percentile(sorted, 50), Spread.Percentile(sorted, 99), sorted[0], sorted[^1]);
    }
}

/// <summary>Everything that was measured, and what was not.</summary>
/// <param name="Worker">Which one: its commit, or its file where one was given.</param>
/// <param name="Buckets">What kind of file system nginx serves from.</param>
internal sealed record CopyResults(Machine Machine, IReadOnlyCollection<InstalledTool> Tools, string Worker, string Buckets)
{
    public List<Cell> Cells { get; } = [];

    public List<Calls> Latency { get; } = [];

    /// <summary>What the reader has to know to judge the figures.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What was asked for and could not be measured, with the reason.</summary>
    public List<string> Failures { get; } = [];

    public List<double> WorkerReadySeconds { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }
}
