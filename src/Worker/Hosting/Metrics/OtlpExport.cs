using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Understudy.Hosting.Metrics;

/// <summary>Sends metrics and traces while the host runs, and the last of them when it stops.</summary>
internal sealed class OtlpExport(OtlpOptions options, MetricsOptions metrics) : IHostedService, IDisposable
{
    private static readonly string[] Sources = [Telemetry.Name, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit"];

    private MeterProvider? _meters;
    private TracerProvider? _traces;

    /// <summary>The environment variable is OpenTelemetry's own; its exporter reads the rest of them itself.</summary>
    public static bool IsWanted(OtlpOptions options, IConfiguration configuration) =>
        options.Endpoint is not null || !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("understudy", serviceVersion: Telemetry.Version);
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(metrics.Meters)
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Interval.TotalMilliseconds;
            })
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Sources)
            .AddOtlpExporter(exporter => Configure(exporter, "v1/traces"))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _meters, null)?.Dispose();
        Interlocked.Exchange(ref _traces, null)?.Dispose();
    }

    private void Configure(OtlpExporterOptions exporter, string path)
    {
        if (options.Endpoint is not { } endpoint)
            return;
        exporter.Protocol = options.Protocol == OtlpProtocol.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // An endpoint that is set in code is taken as it is, without the signal's path that the HTTP protocol wants.
        exporter.Endpoint = options.Protocol == OtlpProtocol.Http ? new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path) : endpoint;
        if (options.Headers is { } headers)
            exporter.Headers = headers;
    }
}
