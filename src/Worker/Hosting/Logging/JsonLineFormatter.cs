using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace Understudy.Hosting.Logging;

/// <summary>One flat JSON object a line: <c>time</c>, <c>level</c>, <c>message</c>, <c>source</c>, trace, exception, then the entry's own properties.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private static readonly JsonValueFormatter Values = new(typeTagName: null);

    private static readonly MessageTemplateTextFormatter Literal = new("{Message:lj}", CultureInfo.InvariantCulture);

    private static readonly HashSet<string> Taken = ["time", "level", "message", "source", "eventId", "traceId", "spanId", "exception"];

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"time\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write("\",\"level\":\"");
        output.Write(logEvent.Level switch
        {
            LogEventLevel.Verbose => "trace",
            LogEventLevel.Debug => "debug",
            LogEventLevel.Information => "info",
            LogEventLevel.Warning => "warn",
            LogEventLevel.Error => "error",
            _ => "fatal",
        });
        output.Write('"');
        Text("message", Message(logEvent), output);
        if (logEvent.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: string category })
            Text("source", category, output);
        if (logEvent.Properties.TryGetValue("EventId", out var id) && id is StructureValue { Properties: var parts }
            && parts.FirstOrDefault(p => p.Name == "Id")?.Value is ScalarValue { Value: int number and > 0 })
        {
            Name("eventId", output);
            output.Write(number.ToString(CultureInfo.InvariantCulture));
        }

        if (logEvent.TraceId is { } trace)
            Text("traceId", trace.ToHexString(), output);
        if (logEvent.SpanId is { } span)
            Text("spanId", span.ToHexString(), output);
        if (logEvent.Exception is { } exception)
            Text("exception", exception.ToString(), output);
        foreach (var (name, value) in logEvent.Properties)
        {
            if (name is "SourceContext" or "EventId")
                continue;
            Name(Taken.Contains(name) ? $"_{name}" : name, output);
            Values.Format(value, output);
        }

        output.WriteLine('}');
    }

    /// <summary>Strings in the message stand bare, as a person would write them; the properties have them exactly.</summary>
    private static string Message(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Literal.Format(logEvent, text);
        return text.ToString();
    }

    private static void Text(string name, string value, TextWriter output)
    {
        Name(name, output);
        JsonValueFormatter.WriteQuotedJsonString(value, output);
    }

    private static void Name(string name, TextWriter output)
    {
        output.Write(',');
        JsonValueFormatter.WriteQuotedJsonString(name, output);
        output.Write(':');
    }
}
