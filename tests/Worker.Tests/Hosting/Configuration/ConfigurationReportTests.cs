using Understudy.Hosting;
using Understudy.Hosting.CommandLine;
using Understudy.Hosting.Configuration;

namespace Understudy.Worker.Tests.Hosting.Configuration;

public class ConfigurationReportTests
{
    [Fact]
    public void Report_names_every_value_with_its_source_and_hides_secrets()
    {
        var builder = WorkerHost.CreateBuilder(["--Metrics:MaxSeries=2000", "--Api:Keys:0:Name=ops", "--Api:Keys:0:Key=0123456789abcdef", "--Api:Keys:0:Role=operate"]);
        var report = ConfigurationReport.Of(builder.Services.OptionsSections(), builder.Configuration);
        Assert.Contains(new EffectiveValue("Metrics:MaxSeries", "2000", "command line"), report);
        Assert.Contains(new EffectiveValue("Metrics:Meters:0", "Understudy", "default"), report);
        Assert.Contains(new EffectiveValue("Otlp:Interval", "00:01:00", "appsettings.json"), report);
        Assert.Contains(new EffectiveValue("Api:Keys:0:Key", "***", "command line"), report);
        Assert.Contains(new EffectiveValue("Api:Keys:0:Role", "Operate", "command line"), report);
        Assert.Contains(new EffectiveValue("Otlp:Endpoint", null, "default"), report);
        Assert.Contains(report, v => v.Key == "Urls");
    }

    [Fact]
    public void Check_prints_values_and_errors_and_exits_2()
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, output, () => Stream.Null, 80, _ => null);
        Assert.Equal(ExitCode.Usage, ConfigurationCheck.Run(["--Metrics:MaxSeries=1"], _ => { }, terminal, json: false));
        Assert.Contains("Metrics:MaxSeries is '1'; it must be from 10 to 100000", output.ToString(), StringComparison.Ordinal);
        Assert.All(output.ToString().Split('\n').TakeWhile(l => l.Contains("  ", StringComparison.Ordinal)), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Check_of_a_good_configuration_exits_0()
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, output, () => Stream.Null, null, _ => null);
        Assert.Equal(ExitCode.Done, ConfigurationCheck.Run(["--Urls=http://127.0.0.1:1"], _ => { }, terminal, json: true));
        using var json = System.Text.Json.JsonDocument.Parse(output.ToString());
        Assert.Equal(0, json.RootElement.GetProperty("errors").GetArrayLength());
    }
}
