using Microsoft.Extensions.Options;

namespace Understudy.Hosting.Configuration;

internal static class ValidatedOptions
{
    /// <summary>
    /// Binds one options class a capability and gives it back; it is injected as <typeparamref name="T"/> or <see cref="IOptions{T}"/>.
    /// Annotations, <see cref="ICheckedOptions"/> and the spelling of keys are checked at once, and the host refuses to start
    /// with all errors of all sections together, so what comes back here may still be wrong.
    /// </summary>
    /// <param name="section"><c>Storage</c>; empty for keys without a section.</param>
    /// <param name="strict">false for a section that is shared with others: unknown keys are theirs.</param>
    public static T AddValidatedOptions<T>(this IServiceCollection services, IConfiguration configuration, string section, bool strict = true)
        where T : class, new()
    {
        var value = new T();
        var reader = new SectionReader();
        reader.ReadObject(section.Length == 0 ? configuration : configuration.GetSection(section), typeof(T), value, strict && section.Length > 0);

        var readable = new ConfigurationBuilder().AddInMemoryCollection(reader.Values).Build();
        (section.Length == 0 ? (IConfiguration)readable : readable.GetSection(section)).Bind(value);
        foreach (var (key, error) in RuleCheck.Broken(value, section, configuration))
            reader.Errors.TryAdd(key, error);

        services.OptionsSections().Add(new OptionsSection(section, value, reader.Errors));
        services.AddSingleton(value);
        services.AddSingleton(Options.Create(value));
        return value;
    }

    public static OptionsSections OptionsSections(this IServiceCollection services)
    {
        if (services.FirstOrDefault(s => s.ServiceType == typeof(OptionsSections))?.ImplementationInstance is OptionsSections existing)
            return existing;
        var created = new OptionsSections();
        services.AddSingleton(created);
        return created;
    }
}
