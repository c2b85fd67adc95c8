using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Understudy.Hosting.Health;

namespace Understudy.Worker.Tests.Hosting.Health;

public class HealthTests
{
    [Fact]
    public async Task Ready_names_each_check_and_reason_and_live_does_not_care()
    {
        await using var worker = await RunningWorker.StartAsync(add: b =>
        {
            b.Services.AddReadyCheck<Full>("store");
            b.Services.AddReadyCheck<Fine>("queue");
        });
        using var ready = await worker.Http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var body = await ready.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("unhealthy", body.GetProperty("status").GetString());
        var checks = body.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        Assert.Equal(("unhealthy", "the disk is full"), (checks["store"].GetProperty("status").GetString(), checks["store"].GetProperty("reason").GetString()));
        Assert.Equal("healthy", checks["queue"].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task Catalogue_that_refuses_connections_is_unhealthy_with_the_reason()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=u;Password=hunter2");
        await using var worker = await RunningWorker.StartAsync(add: b =>
        {
            b.Services.AddSingleton(source);
            b.Services.AddReadyCheck<CatalogueHealthCheck>("catalogue");
        });
        var text = await (await worker.Http.GetAsync("/health/ready")).Content.ReadAsStringAsync();
        Assert.Contains("PostgreSQL does not answer", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
    }

    private sealed class Full : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(HealthCheckResult.Unhealthy("the disk is full"));
    }

    private sealed class Fine : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(HealthCheckResult.Healthy());
    }
}
