using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Understudy.Scavenging.Evicting;

/// <summary>Degraded when something has to go from the store and nothing may: copies wait, and somebody has to act. Well while it is only in use; then it says until when.</summary>
internal sealed class RoomHealthCheck(Scavenger scavenger) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(scavenger.Stuck is { } stuck ? HealthCheckResult.Degraded(stuck) : HealthCheckResult.Healthy(scavenger.Waits));
}
