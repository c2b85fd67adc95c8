using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Understudy.Hosting.Health;

/// <summary>Does PostgreSQL answer? The time-out is the registration's.</summary>
internal sealed class CatalogueHealthCheck(NpgsqlDataSource catalogue) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = catalogue.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"PostgreSQL does not answer: {failure.Message}");
        }
    }
}
