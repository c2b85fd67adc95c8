using Understudy.Hosting.Configuration;

namespace Understudy.Cantaloupe;

internal static class CantaloupeServices
{
    /// <summary>The section of the image servers, for each capability that talks to them.</summary>
    public static CantaloupeOptions AddCantaloupe(this IServiceCollection services, IConfiguration configuration) =>
        services.Select(s => s.ImplementationInstance).OfType<CantaloupeOptions>().FirstOrDefault()
        ?? services.AddValidatedOptions<CantaloupeOptions>(configuration, CantaloupeOptions.Section);
}
