using System.Text.Json;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Understudy.Hosting.Logging;

namespace Understudy.Worker.Tests.Hosting.Logging;

public class JsonLineFormatterTests
{
    [Fact]
    public void An_entry_is_one_flat_line_with_its_properties()
    {
        var entry = Format(log => log.ForContext("SourceContext", "Understudy.Copying.Copier").Error(new IOException("disk\nfull"), "Copied {Asset} in {Seconds} s", "2/5/\"foo\"", 1.5));
        Assert.Equal("error", entry.GetProperty("level").GetString());
        Assert.Equal("Copied 2/5/\"foo\" in 1.5 s", entry.GetProperty("message").GetString());
        Assert.Equal("Understudy.Copying.Copier", entry.GetProperty("source").GetString());
        Assert.Equal("2/5/\"foo\"", entry.GetProperty("Asset").GetString());
        Assert.Equal(1.5, entry.GetProperty("Seconds").GetDouble());
        Assert.Contains("disk\nfull", entry.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("Z", entry.GetProperty("time").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_named_like_a_field_does_not_hide_it()
    {
        var entry = Format(log => log.Information("At {level}", 3));
        Assert.Equal("info", entry.GetProperty("level").GetString());
        Assert.Equal(3, entry.GetProperty("_level").GetInt32());
    }

    private static JsonElement Format(Action<ILogger> write)
    {
        var sink = new Sink();
        using var log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        write(log);
        var line = Assert.Single(sink.Text.ToString().TrimEnd('\n').Split('\n'));
        return JsonDocument.Parse(line).RootElement;
    }

    private sealed class Sink : ILogEventSink
    {
        public StringWriter Text { get; } = new();

        public void Emit(LogEvent logEvent) => new JsonLineFormatter().Format(logEvent, Text);
    }
}
