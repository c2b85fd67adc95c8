using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Sinks.SystemConsole.Themes;
using Understudy.Hosting.Configuration;

namespace Understudy.Hosting.Logging;

internal static class UnderstudyLogging
{
    private const string Template = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}  [{SourceContext}]{NewLine}{Exception}";

    /// <summary>Serilog to the console; a <c>Serilog</c> section in the configuration adds what an operator wants besides.</summary>
    public static void AddUnderstudyLogging(this WebApplicationBuilder builder)
    {
        var options = builder.Services.AddValidatedOptions<LoggingOptions>(builder.Configuration, "Logging", strict: false);
        var json = options.Format == LogFormat.Json
            || options.Format == LogFormat.Auto && Console.IsOutputRedirected && !builder.Environment.IsDevelopment();

        // Levels are .NET's: one filter decides, in front of every sink.
        var logger = new LoggerConfiguration().MinimumLevel.Is(LevelAlias.Minimum).Enrich.FromLogContext();
        if (builder.Configuration.GetSection("Serilog").Exists())
            logger.ReadFrom.Configuration(builder.Configuration);
        // What StartFailure can say in one line is said there, and only there.
        logger.Filter.ByExcluding(entry => entry.Exception is { } e && StartFailure.Describe(e) is not null);
        if (json)
            logger.WriteTo.Console(new JsonLineFormatter());
        else
            logger.WriteTo.Console(outputTemplate: Template, theme: AnsiConsoleTheme.Code, formatProvider: null);

        // Not AddSerilog(): it adds a filter of its own that lets every level through.
        builder.Logging.ClearProviders().AddProvider(new SerilogLoggerProvider(logger.CreateLogger(), dispose: true));
    }
}
