using System.ComponentModel.DataAnnotations;

namespace Understudy.Hosting.Metrics;

/// <summary>Section <c>Metrics</c>: what <c>/metrics</c> and the OTLP export show.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Names of .NET meters. Fewer make a smaller page; without <c>Understudy</c> the service itself is dark.</summary>
    public string[] Meters { get; set; } =
        [Telemetry.Name, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "Npgsql", "System.Runtime", "MassTransit"];

    /// <summary>
    /// How many label sets one instrument may have on <c>/metrics</c>. Too few drop measurements (counted in
    /// <c>understudy_metrics_dropped_total</c>), too many let a label with free text fill the memory.
    /// </summary>
    [Range(10, 100_000)]
    public int MaxSeries { get; set; } = 1000;
}
