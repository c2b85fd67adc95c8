using MassTransit;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Health;
using Understudy.Intake.Queues;
using Understudy.Intake.Understanding;

namespace Understudy.Intake;

internal static class IntakeServices
{
    /// <summary>Events in: over HTTP (Api), over MassTransit's in-memory bus for publishers in this process, and over Amazon SQS where that is switched on.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services, IConfiguration configuration)
    {
        var messaging = services.AddValidatedOptions<MessagingOptions>(configuration, MessagingOptions.Section);
        services.AddSingleton<IntakeQueue>();
        services.AddMassTransit(bus =>
        {
            // It phones home by default.
            bus.DisableUsageTelemetry();
            // Here and not for the whole bus: the queues' deliveries have SQS's redelivery for it.
            bus.AddConsumer<EventConsumer>(consumer => consumer.UseMessageRetry(retry =>
            {
                // A catalogue that is away for a moment must not cost an event; one that breaks a rule breaks it every time.
                retry.Exponential(10, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(500));
                retry.Ignore<ArgumentException>();
            }));
            bus.UsingInMemory((context, memory) =>
            {
                memory.ConfigureJsonSerializerOptions(Contracts.Wire.Lenient);
                // For the queues' deliveries, which aren't in the bus's envelope.
                memory.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
                memory.ConfigureEndpoints(context);
            });
            if (messaging.Transport == Transport.AmazonSqs)
                bus.AddAmazonQueues(services, messaging);
        });
        return services;
    }

    /// <summary>
    /// All of the queues' transport. Another one would register its own receiving here (MassTransit.AmazonSQS: a receive endpoint
    /// a queue) and keep <see cref="QueueConsumer"/>: docs/decisions/0014.
    /// </summary>
    private static void AddAmazonQueues(this IBusRegistrationConfigurator bus, IServiceCollection services, MessagingOptions messaging)
    {
        bus.AddConsumer<QueueConsumer>().ExcludeFromConfigureEndpoints();
        services.AddSingleton(_ => new MessageReader(S3KeyPatterns.TryCreate(messaging.S3Keys, out var keys, out var error) ? keys : throw new InvalidOperationException(error)));
        services.AddSingleton<DlcsMessages>();
        services.AddSingleton<QueueListeners>();
        services.AddHostedService(s => s.GetRequiredService<QueueListeners>());
        services.AddReadyCheck<QueueHealthCheck>("queues");
    }
}
