using Understudy.Hosting.Configuration;

namespace Understudy.Aws;

internal static class AwsServices
{
    /// <summary>Amazon's services, or an emulator's: settings and clients that several capabilities share.</summary>
    public static IServiceCollection AddAws(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<AwsOptions>(configuration, AwsOptions.Section);
        services.AddSingleton<AwsHttp>();
        services.AddSingleton<SqsClient>();
        services.AddSingleton<SnsClient>();
        return services;
    }
}
