using System.Text.Json;
using Understudy.Contracts;
using Understudy.Hosting.CommandLine;

namespace Understudy.Hosting.Configuration;

/// <summary><c>understudy config check</c>: the same configuration as <c>serve</c> would have, read but not run.</summary>
internal static class ConfigurationCheck
{
    public static int Run(string[] settings, Action<WebApplicationBuilder> add, Terminal terminal, bool json)
    {
        var builder = WorkerHost.CreateBuilder(settings);
        add(builder);
        var values = ConfigurationReport.Of(builder.Services.OptionsSections(), builder.Configuration);
        var errors = builder.Services.OptionsSections().Errors(builder.Configuration);
        if (json)
            terminal.Output.WriteLine(JsonSerializer.Serialize(new { values, errors }, Wire.Json));
        else
            Write(values, errors, terminal.Output, terminal.Width);
        return errors.Count == 0 ? ExitCode.Done : ExitCode.Usage;
    }

    private static void Write(IReadOnlyList<EffectiveValue> values, IReadOnlyList<string> errors, TextWriter output, int? width)
    {
        var table = new Table("KEY", "VALUE", "FROM");
        foreach (var value in values)
            table.Add(value.Key, value.Value ?? "(none)", value.Source);
        table.Write(output, width);
        foreach (var error in errors)
            output.WriteLine(error);
        if (errors.Count == 0)
            output.WriteLine("the configuration is good");
    }
}
