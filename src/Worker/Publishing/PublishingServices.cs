using Understudy.Hosting.Configuration;

namespace Understudy.Publishing;

internal static class PublishingServices
{
    /// <summary>Call it after the bus: the relay stops before it.</summary>
    public static IServiceCollection AddPublishing(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<PublishingOptions>(configuration, PublishingOptions.Section);
        services.AddSingleton<Outbox>();
        if (!options.IsOn)
            return services;

        if (options.InMemory)
            services.AddSingleton<IAnnouncementSink, BusSink>();
        else
            services.AddSingleton<IAnnouncementSink, TopicSink>();
        services.AddHostedService<OutboxGauges>();
        services.AddHostedService<OutboxRelay>();
        return services;
    }
}
