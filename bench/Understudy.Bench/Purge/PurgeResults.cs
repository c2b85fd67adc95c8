using Understudy.Bench.Copy;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Purge;

/// <summary>Everything that was measured, and what was not.</summary>
internal sealed record PurgeResults(Machine Machine)
{
    public List<Calls> Refreshes { get; } = [];

    public List<BulkSample> Bulk { get; } = [];

    /// <summary>PostgreSQL's time by statement, in the bulk purge.</summary>
    public List<StatementTime> Statements { get; } = [];

    /// <summary>What was asked for and could not be measured, with the reason.</summary>
    public List<string> Failures { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }

    public double LoadBefore { get; set; }

    public double LoadAfter { get; set; }
}

/// <summary>One way's purge of all assets.</summary>
/// <param name="Requests">That the nodes got.</param>
internal sealed record BulkSample(string Way, int Assets, double Seconds, RequestCounts? Requests)
{
    /// <summary>Of whoever asked; null where that can't be told from the nodes.</summary>
    public double? CpuSeconds { get; init; }

    public double? CatalogueCpuSeconds { get; init; }

    public double? NodesCpuSeconds { get; init; }
}

/// <param name="Statement">Its beginning.</param>
internal sealed record StatementTime(string Statement, long Calls, double Seconds, long Rows);
