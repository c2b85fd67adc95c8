using Microsoft.Extensions.Diagnostics.HealthChecks;
using Understudy.Copying.Store;

namespace Understudy.Copying;

/// <summary>Not ready when the store can't be reached; degraded when copies have to wait for room.</summary>
internal sealed class StoreHealthCheck(StoreFolder store, StorageOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        try
        {
            var space = store.Space();
            return space.FreeBytes < options.MinFreeBytes.Bytes
                ? HealthCheckResult.Degraded($"{space.FreeBytes} bytes free on the store's file system, fewer than Storage:MinFreeBytes ({options.MinFreeBytes.Bytes}): copies wait")
                : HealthCheckResult.Healthy($"{space.FreeBytes} bytes free");
        }
        catch (IOException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
