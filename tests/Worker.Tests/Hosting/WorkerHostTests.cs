using Understudy.Catalogue;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Worker.Tests.Hosting;

public class WorkerHostTests
{
    [Fact]
    public async Task A_wrong_configuration_is_a_line_for_each_error_and_exit_code_2()
    {
        var (code, error) = await RunAsync(["--Metrics:MaxSeries=0", "--Otlp:Interval=soon"]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal(2, error.Trim().Split('\n').Length);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        await using var other = await RunningWorker.StartAsync();
        var url = other.Http.BaseAddress!.ToString().TrimEnd('/');
        var (code, error) = await RunAsync([$"--Urls={url}", "--Logging:LogLevel:Default=None"]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal($"Failed to bind to address {url}: address already in use. Stop what listens there, or choose another address with --Urls=http://127.0.0.1:PORT", error.Trim());
    }

    [Fact]
    public async Task A_capability_that_refuses_to_start_is_one_line_and_exit_code_1()
    {
        var (code, error) = await RunAsync(
            ["--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"],
            b => b.Services.AddHostedService<Refuses>());
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("PostgreSQL is not installed; apt-get install postgresql", error.Trim());
    }

    [Fact]
    public async Task A_worker_that_is_stopped_exits_0()
    {
        using var stop = new CancellationTokenSource();
        var code = await WorkerHost.RunAsync(
            ["--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"],
            _ => { },
            app => app.Lifetime.ApplicationStarted.Register(stop.Cancel),
            TextWriter.Null,
            stop.Token);
        Assert.Equal(ExitCode.Done, code);
    }

    [Fact]
    public async Task Levels_and_limits_are_those_of_the_configuration()
    {
        var builder = WorkerHost.CreateBuilder([]);
        await using var app = builder.Build();
        Assert.Equal(TimeSpan.FromSeconds(30), app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        var log = app.Services.GetRequiredService<Microsoft.Extensions.Logging.ILoggerFactory>();
        Assert.False(log.CreateLogger("Understudy.X").IsEnabled(Microsoft.Extensions.Logging.LogLevel.Debug));
        Assert.False(log.CreateLogger("Microsoft.AspNetCore.Hosting").IsEnabled(Microsoft.Extensions.Logging.LogLevel.Information));
    }

    private static async Task<(int Code, string Error)> RunAsync(string[] settings, Action<WebApplicationBuilder>? add = null)
    {
        using var error = new StringWriter();
        var code = await WorkerHost.RunAsync(settings, add ?? (_ => { }), _ => { }, error);
        return (code, error.ToString());
    }

    private sealed class Refuses : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new StartRefusedException("PostgreSQL is not installed; apt-get install postgresql");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
