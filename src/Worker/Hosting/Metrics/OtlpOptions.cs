using System.ComponentModel.DataAnnotations;

namespace Understudy.Hosting.Metrics;

/// <summary>Section <c>Otlp</c>: metrics and traces to an OpenTelemetry collector. <c>OTEL_EXPORTER_OTLP_*</c> works as well.</summary>
internal sealed class OtlpOptions
{
    /// <summary>The collector, without a path: <c>http://collector:4317</c> (gRPC) or <c>:4318</c> (HTTP). Without it nothing is sent.</summary>
    public Uri? Endpoint { get; set; }

    public OtlpProtocol Protocol { get; set; } = OtlpProtocol.Grpc;

    /// <summary><c>name=value,name=value</c>; usually an API key of the collector.</summary>
    public string? Headers { get; set; }

    /// <summary>How often metrics are sent. Shorter is more traffic, longer makes alerts late.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);
}

internal enum OtlpProtocol
{
    Grpc,
    Http,
}
