using Understudy.Hosting.Configuration;

namespace Understudy.Hosting.Metrics;

internal static class MetricsEndpoint
{
    public static void AddMetrics(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<MetricsOptions>(builder.Configuration, "Metrics");
        builder.Services.AddSingleton<MetricsCollector>();
        var otlp = builder.Services.AddValidatedOptions<OtlpOptions>(builder.Configuration, "Otlp");
        if (OtlpExport.IsWanted(otlp, builder.Configuration))
            builder.Services.AddHostedService<OtlpExport>();
    }

    /// <summary><c>/metrics</c>, without a key.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        // Made here and not at the first scrape, so that nothing is missed before it.
        var metrics = app.ServiceProvider.GetRequiredService<MetricsCollector>();
        app.MapGet("/metrics", () => Results.Text(metrics.Print(), PrometheusPage.ContentType)).AllowAnonymous().ExcludeFromDescription();
    }
}
