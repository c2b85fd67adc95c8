using System.Collections;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Understudy.Hosting.Configuration;

/// <param name="Value">As it may be shown: secrets are hidden. null where nothing is set.</param>
/// <param name="Source"><c>appsettings.json</c>, <c>environment</c>, <c>command line</c> or <c>default</c>.</param>
internal sealed record EffectiveValue(string Key, string? Value, string Source);

/// <summary>Every value that the worker would run with, and where it comes from.</summary>
internal static class ConfigurationReport
{
    public static IReadOnlyList<EffectiveValue> Of(OptionsSections sections, IConfigurationRoot configuration)
    {
        var ours = sections.All.OrderBy(s => s.Name, StringComparer.Ordinal).SelectMany(s => Values(s.Value, s.Value.GetType(), s.Name));
        var connections = configuration.GetSection("ConnectionStrings").GetChildren().Select(c => (Key: c.Path, Value: (object?)c.Value));
        var urls = configuration["Urls"] is { } listen ? [("Urls", listen)] : Enumerable.Empty<(string, object?)>();
        return [.. urls.Concat(connections).Concat(ours).DistinctBy(v => v.Item1, StringComparer.OrdinalIgnoreCase).Select(v => Effective(v.Item1, v.Item2, configuration))];
    }

    private static EffectiveValue Effective(string key, object? value, IConfigurationRoot configuration) =>
        new(key, Scalar.Show(value) is { } text ? Secrets.Show(key, text) : null, Source(configuration, key) ?? "default");

    private static IEnumerable<(string Key, object? Value)> Values(object? value, Type type, string key)
    {
        if (value is null || Scalar.Is(type))
            return [(key, value)];
        if (value is IDictionary dictionary)
            return dictionary.Cast<DictionaryEntry>().SelectMany(e => Values(e.Value, SectionReader.Element(type)!, $"{key}:{e.Key}"));
        if (SectionReader.Element(type) is not { } element)
            return SectionReader.Properties(type).SelectMany(p => Values(p.GetValue(value), p.PropertyType, key.Length == 0 ? p.Name : $"{key}:{p.Name}"));
        var items = ((IEnumerable)value).Cast<object?>().SelectMany((item, i) => Values(item, element, $"{key}:{i}")).ToList();
        return items.Count > 0 ? items : [(key, null)];
    }

    private static string? Source(IConfigurationRoot configuration, string key)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot chained } && Source(chained, key) is { } inner)
                return inner;
            // A JSON null says "the default".
            if (provider is ChainedConfigurationProvider || !provider.TryGet(key, out var value) || value is null)
                continue;
            return provider switch
            {
                JsonConfigurationProvider json => json.Source.Path ?? "a JSON file",
                EnvironmentVariablesConfigurationProvider => "environment",
                CommandLineConfigurationProvider => "command line",
                _ => "default",
            };
        }

        return null;
    }
}
