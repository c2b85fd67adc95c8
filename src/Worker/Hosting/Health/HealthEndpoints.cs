using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Understudy.Hosting.Health;

internal static class HealthEndpoints
{
    /// <summary>Checks with this tag decide about <c>/health/ready</c>.</summary>
    public const string Ready = "ready";

    /// <summary>A check that has not answered by then has failed.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds a check that <c>/health/ready</c> waits for.</summary>
    public static IHealthChecksBuilder AddReadyCheck<T>(this IServiceCollection services, string name) where T : class, IHealthCheck =>
        services.AddHealthChecks().AddCheck<T>(name, HealthStatus.Unhealthy, [Ready], Timeout);

    /// <summary>
    /// <c>/health/live</c>: the process answers; no check can fail it, as a restart would mend nothing.
    /// <c>/health/ready</c>: every check with the tag <see cref="Ready"/> is well, 503 otherwise. Both without a key.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = c => c.Tags.Contains(Ready), ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            status = Word(report.Status),
            checks = report.Entries.Select(e => new
            {
                name = e.Key,
                status = Word(e.Value.Status),
                reason = e.Value.Description ?? e.Value.Exception?.Message,
                milliseconds = Math.Round(e.Value.Duration.TotalMilliseconds, 1),
            }),
        },
        context.RequestAborted);

    private static string Word(HealthStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}
