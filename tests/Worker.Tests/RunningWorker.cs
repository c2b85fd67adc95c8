using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Understudy.Hosting;

namespace Understudy.Worker.Tests;

/// <summary>The worker's host on a real Kestrel at a free loopback port, with the endpoints that a test maps.</summary>
internal sealed class RunningWorker : IAsyncDisposable, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _log = new();
    private WebApplication _app = null!;

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => _app.Services;

    /// <summary>Every warning and error so far.</summary>
    public IReadOnlyCollection<string> Warnings => _log;

    public static async Task<RunningWorker> StartAsync(string[]? settings = null, Action<WebApplication>? map = null, Action<WebApplicationBuilder>? add = null)
    {
        var worker = new RunningWorker();
        var builder = WorkerHost.CreateBuilder(["--Urls=http://127.0.0.1:0", .. settings ?? []]);
        builder.Logging.ClearProviders().AddProvider(worker);
        add?.Invoke(builder);
        worker._app = WorkerHost.Build(builder, map ?? (_ => { }));
        await worker._app.StartAsync();
        worker.Http.BaseAddress = new Uri(worker._app.Urls.Single());
        return worker;
    }

    public static string[] Key(int index, string name, string key, string role) =>
        [$"--Api:Keys:{index}:Name={name}", $"--Api:Keys:{index}:Key={key}", $"--Api:Keys:{index}:Role={role}"];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Sink(_log);

    void IDisposable.Dispose()
    {
    }

    private sealed class Sink(ConcurrentQueue<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{formatter(state, exception)} {exception?.Message}".TrimEnd());
    }
}
