using Microsoft.Extensions.Configuration.CommandLine;

namespace Understudy.Hosting.Configuration;

/// <summary>One options class, as bound.</summary>
internal sealed record OptionsSection(string Name, object Value, IReadOnlyDictionary<string, string> Errors);

/// <summary>Every section that a capability has asked for, and what is wrong with them all.</summary>
internal sealed class OptionsSections
{
    /// <summary>What .NET itself reads; its keys are not ours to judge.</summary>
    private static readonly string[] Framework =
    [
        "Logging", "Serilog", "AllowedHosts", "Kestrel", "Urls", "ConnectionStrings", "Environment", "ContentRoot", "ApplicationName",
        "HostBuilder", "Http_Ports", "Https_Ports", "ForwardedHeaders_Enabled", "DetailedErrors", "PreferHostingUrls",
    ];

    private readonly List<OptionsSection> _sections = [];
    private readonly List<string> _errors = [];

    public IReadOnlyList<OptionsSection> All => _sections;

    public void Add(OptionsSection section) => _sections.Add(section);

    /// <summary>An error that no options class can see by itself.</summary>
    public void AddError(string error) => _errors.Add(error);

    public IReadOnlyList<string> Errors(IConfiguration configuration) =>
        [.. _sections.SelectMany(s => s.Errors.Values).Concat(_errors).Concat(UnknownSections(configuration)).Distinct()];

    /// <exception cref="ConfigurationException">Something is wrong; it holds every error there is.</exception>
    public void ThrowIfWrong(IConfiguration configuration)
    {
        var errors = Errors(configuration);
        if (errors.Count > 0)
            throw new ConfigurationException(errors);
    }

    /// <summary>
    /// Strangers on the command line are mistakes. Elsewhere they usually belong to others (the environment holds anything),
    /// so there only a section is one, and only where its name is nearly one of ours.
    /// </summary>
    private IEnumerable<string> UnknownSections(IConfiguration configuration)
    {
        var roots = _sections.Where(s => s.Name.Length == 0).SelectMany(s => SectionReader.Properties(s.Value.GetType())).Select(p => p.Name);
        string[] known = [.. _sections.Select(s => s.Name.Split(':')[0]).Where(n => n.Length > 0).Concat(roots).Concat(Framework).Distinct(StringComparer.OrdinalIgnoreCase)];
        foreach (var section in configuration.GetChildren().Where(s => !known.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
        {
            var onCommandLine = (configuration as IConfigurationRoot)?.Providers.OfType<CommandLineConfigurationProvider>()
                .Any(p => p.GetChildKeys([], null).Contains(section.Key, StringComparer.OrdinalIgnoreCase)) == true;
            if (onCommandLine || section.GetChildren().Any() && Nearest.To(section.Key, known) is not null)
                yield return SectionReader.Unknown(section.Key, known);
        }
    }
}
