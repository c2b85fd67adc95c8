using Understudy.Bench.Measuring;

namespace Understudy.Bench.Dashboard;

/// <summary>Everything that was measured, and what was not.</summary>
internal sealed record DashboardResults(Machine Machine, int Assets)
{
    public List<DashboardSample> Pages { get; } = [];

    public List<DashboardSample> Calls { get; } = [];

    public List<string> Failures { get; } = [];

    public double LoadBefore { get; init; }

    public double LoadAfter { get; set; }
}

/// <summary>Milliseconds from sending a request to the answer's head.</summary>
internal sealed record DashboardSample(string What, int Requests, int Bytes, double Min, double Median, double P99, double Max);
