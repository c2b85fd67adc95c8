using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;
using Understudy.Api;
using Understudy.Api.Keys;
using Understudy.Hosting.CommandLine;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Health;
using Understudy.Hosting.Listening;
using Understudy.Hosting.Logging;
using Understudy.Hosting.Metrics;

namespace Understudy.Hosting;

/// <summary>The process around the capabilities: configuration, log, metrics, health, keys, and how it starts and stops.</summary>
internal static class WorkerHost
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="arguments"><c>--Key=Value</c>, on top of appsettings.json and the environment.</param>
    /// <param name="add">One <c>Add…()</c> a capability.</param>
    /// <param name="map">The capabilities' endpoints.</param>
    /// <param name="error">Gets one line for each reason why it can't start.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] arguments, Action<WebApplicationBuilder> add, Action<WebApplication> map, TextWriter error, CancellationToken stop = default) => RunAsync(
        () =>
        {
            var builder = CreateBuilder(arguments);
            add(builder);
            return Build(builder, map);
        },
        error,
        stop);

    /// <inheritdoc cref="RunAsync(string[], Action{WebApplicationBuilder}, Action{WebApplication}, TextWriter, CancellationToken)"/>
    public static async Task<int> RunAsync(Func<WebApplication> create, TextWriter error, CancellationToken stop)
    {
        try
        {
            await using var app = create();
            await app.RunAsync(stop);
            return ExitCode.Done;
        }
        catch (Exception failure) when (StartFailure.Describe(failure) is { } reason)
        {
            await error.WriteLineAsync(reason);
            return failure is ConfigurationException ? ExitCode.Usage : ExitCode.Failed;
        }
    }

    public static WebApplicationBuilder CreateBuilder(string[] arguments)
    {
        var builder = CreateBare(arguments, ListenAddresses.Default);
        builder.AddMetrics();
        builder.Services.AddHealthChecks();
        builder.AddApiKeys();
        builder.Services.AddApiConventions();
        builder.Services.AddApiDescription();
        return builder;
    }

    /// <summary>Configuration, log and server; nothing that is a worker's.</summary>
    public static WebApplicationBuilder CreateBare(string[] arguments, string defaultUrls)
    {
        // Options are read once, so nothing has to watch the files.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. arguments],
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(WorkerHost).Assembly.GetName().Name,
        });
        AddWorkingDirectory(builder.Configuration);
        if (ListenAddresses.Of(builder.Configuration).Count == 0)
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Urls", defaultUrls)] });

        builder.WebHost.ConfigureKestrel(Limit);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddUnderstudyLogging();
        return builder;
    }

    /// <exception cref="ConfigurationException">With every error of every section.</exception>
    public static WebApplication Build(WebApplicationBuilder builder, Action<WebApplication> map)
    {
        builder.Services.OptionsSections().ThrowIfWrong(builder.Configuration);
        var app = builder.Build();
        app.UseApiConventions();
        app.UseApiKeys();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
        map(app);
        return app;
    }

    /// <summary>appsettings.json beside the executable holds the defaults; one in the working directory is the operator's.</summary>
    private static void AddWorkingDirectory(ConfigurationManager configuration)
    {
        var here = Path.GetFullPath(Environment.CurrentDirectory);
        if (here == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
            return;
        var sources = configuration.Sources;
        var last = sources.OfType<JsonConfigurationSource>().LastOrDefault();
        sources.Insert(last is null ? 0 : sources.IndexOf(last) + 1, new JsonConfigurationSource
        {
            Path = "appsettings.json",
            FileProvider = new PhysicalFileProvider(here),
            Optional = true,
        });
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 100;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }
}
