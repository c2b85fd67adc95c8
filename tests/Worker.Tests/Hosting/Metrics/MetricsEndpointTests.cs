using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Understudy.Hosting;

namespace Understudy.Worker.Tests.Hosting.Metrics;

public class MetricsEndpointTests
{
    [Fact]
    public async Task Page_shows_our_meter_and_the_runtimes()
    {
        await using var worker = await RunningWorker.StartAsync();
        Telemetry.Meter.CreateCounter<int>("endpoint.test").Add(1);
        using var response = await worker.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var page = ParsedPage.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains("endpoint_test_total", page.Series);
        Assert.Contains(page.Series, s => s.StartsWith("dotnet_gc_collections_total", StringComparison.Ordinal));
        Assert.Contains("http_server_request_duration_seconds", ParsedPage.Parse(await worker.Http.GetStringAsync("/metrics")).Types.Keys);
    }

    [Fact]
    public async Task Meters_are_selectable()
    {
        await using var worker = await RunningWorker.StartAsync(["--Metrics:Meters:0=Understudy"]);
        Assert.DoesNotContain("dotnet_", await worker.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_and_traces_go_to_the_collector_when_the_worker_stops()
    {
        var paths = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        await using var collector = await RunningWorker.StartAsync(map: app => app.MapPost("/v1/{signal}", (string signal, HttpRequest request) =>
        {
            paths[signal] = request.ContentType ?? "";
            return Results.Ok();
        }));
        await using (var worker = await RunningWorker.StartAsync([$"--Otlp:Endpoint={collector.Http.BaseAddress}", "--Otlp:Protocol=http"]))
        {
            Telemetry.Activities.StartActivity("work")?.Dispose();
        }

        Assert.Equal(["metrics", "traces"], paths.Keys.Order());
        Assert.All(paths.Values, type => Assert.Equal("application/x-protobuf", type));
    }
}
