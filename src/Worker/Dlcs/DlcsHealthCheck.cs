using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Understudy.Dlcs;

/// <summary>Does DLCS's database answer? If not, announced ingests wait; all else goes on.</summary>
internal sealed class DlcsHealthCheck(DlcsDatabase dlcs) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await dlcs.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"DLCS's database can't be read: {failure.Message}");
        }
    }
}
