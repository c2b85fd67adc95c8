using Understudy.Bench.Measuring;
using Understudy.Bench.Purge;

namespace Understudy.Bench.Reconcile;

/// <summary>One look at all files.</summary>
/// <param name="PeakBytes">Resident, of the worker; <paramref name="IdleBytes"/> of them before it.</param>
internal sealed record PassSample(string Pass, int Files, double Seconds, double CpuSeconds, double? CatalogueCpuSeconds, long? PeakBytes, long? IdleBytes);

/// <param name="Progress">What the schedule said of the run last, before it was killed.</param>
/// <param name="Note">What the run said that went on.</param>
internal sealed record KilledPass(double SecondsBefore, double SecondsAfter, string? Progress, string? Note);

internal sealed record ReconcileResults(Machine Machine)
{
    public List<PassSample> Passes { get; } = [];

    public KilledPass? Killed { get; set; }

    public List<StatementTime> Statements { get; } = [];

    public List<string> Failures { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }

    public double LoadBefore { get; set; }

    public double LoadAfter { get; set; }
}
