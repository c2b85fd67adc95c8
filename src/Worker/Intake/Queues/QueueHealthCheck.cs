using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Understudy.Intake.Queues;

/// <summary>Not ready while a queue can't be read: its events wait, and nobody else may be reading it.</summary>
internal sealed class QueueHealthCheck(QueueListeners listeners) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var faults = listeners.Queues.Where(q => q.Fault is not null).Select(q => $"{q.Name}: {q.Fault}").ToList();
        return Task.FromResult(faults.Count == 0 ? HealthCheckResult.Healthy($"{listeners.Queues.Count} queues are read") : HealthCheckResult.Unhealthy(string.Join("; ", faults)));
    }
}
