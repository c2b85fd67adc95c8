using Understudy.Hosting.Metrics;

namespace Understudy.Worker.Tests.Hosting.Metrics;

public class PrometheusNameTests
{
    [Theory]
    [InlineData("copy.duration", "s", "Histogram", "copy_duration_seconds")]
    [InlineData("copies", "{copy}", "Counter", "copies_total")]
    [InlineData("copied", "By", "Counter", "copied_bytes_total")]
    [InlineData("copied.bytes", "By", "Counter", "copied_bytes_total")]
    [InlineData("copied.total", "By", "Counter", "copied_bytes_total")]
    [InlineData("rate", "By/s", "Gauge", "rate_bytes_per_second")]
    [InlineData("disk.used", "1", "Gauge", "disk_used_ratio")]
    [InlineData("disk.used", "1", "Counter", "disk_used_total")]
    [InlineData("9lives", null, "Gauge", "_9lives")]
    [InlineData("a--b..c", null, "Gauge", "a_b_c")]
    public void Of_spells_units_out(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, PrometheusName.Of(name, unit, Enum.Parse<MetricKind>(kind)));
}
