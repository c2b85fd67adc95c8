namespace Understudy.Hosting.Logging;

/// <summary>How the log is written. Levels are .NET's own: <c>Logging:LogLevel:Default</c>, <c>Logging:LogLevel:Understudy.Copying</c>.</summary>
internal sealed class LoggingOptions
{
    public LogFormat Format { get; set; } = LogFormat.Auto;
}

internal enum LogFormat
{
    /// <summary>Text for a person (Development, or a terminal), JSON lines for anything else.</summary>
    Auto,
    Text,
    Json,
}
