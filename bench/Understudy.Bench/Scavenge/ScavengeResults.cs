using Understudy.Bench.Measuring;
using Understudy.Bench.Purge;

namespace Understudy.Bench.Scavenge;

/// <summary>One way to have the same files gone.</summary>
internal sealed record ScavengeWay(string Name, string? Remark)
{
    public List<ScavengeSample> Samples { get; } = [];
}

/// <param name="DeletedSeconds">Until their bytes are free again, where that is later.</param>
/// <param name="CpuSeconds">Of the tool, or the worker's process; null: it is the benchmark's own.</param>
internal sealed record ScavengeSample(double Seconds, double? DeletedSeconds, double? CpuSeconds, double? CatalogueCpuSeconds);

/// <summary>What a step with copies of which only the catalogue knows took.</summary>
/// <param name="Statements">That PostgreSQL executed.</param>
/// <param name="StatementSeconds">Its time in them.</param>
internal sealed record ChooseSample(string Step, double Seconds, long Statements, double StatementSeconds);

internal sealed record ScavengeResults(Machine Machine, int Removed)
{
    public List<ScavengeWay> Ways { get; } = [];

    public List<ChooseSample> Choices { get; } = [];

    public List<StatementTime> Statements { get; } = [];

    /// <summary>Of one eviction of the tree.</summary>
    public long StatementCalls { get; set; }

    public List<string> Failures { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }

    public double LoadBefore { get; set; }

    public double LoadAfter { get; set; }
}
