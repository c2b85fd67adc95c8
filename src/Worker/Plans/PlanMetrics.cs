using System.Diagnostics.Metrics;
using Understudy.Hosting;

namespace Understudy.Plans;

internal static class PlanMetrics
{
    private static readonly Counter<long> Attempts = Telemetry.Meter.CreateCounter<long>(
        "understudy.plan.attempts", "{attempt}", "Attempts that ended, by stage, lane and outcome");

    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>(
        "understudy.plan.attempt.duration", "s", "How long attempts took, by stage and outcome");

    public static void Settled(Attempt attempt, Outcome outcome, TimeSpan took)
    {
        var (stage, result) = (new KeyValuePair<string, object?>("stage", attempt.Stage), new KeyValuePair<string, object?>("outcome", outcome.GetType().Name));
        Attempts.Add(1, stage, result, new("lane", attempt.Ticket.Lane.ToString().ToLowerInvariant()));
        Duration.Record(took.TotalSeconds, stage, result);
    }
}
