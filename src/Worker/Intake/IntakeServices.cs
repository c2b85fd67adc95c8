using MassTransit;

namespace Understudy.Intake;

internal static class IntakeServices
{
    /// <summary>Events in: over HTTP (Api), and over MassTransit's in-memory transport for publishers in this process.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services)
    {
        services.AddSingleton<IntakeQueue>();
        services.AddMassTransit(bus =>
        {
            // It phones home by default.
            bus.DisableUsageTelemetry();
            bus.AddConsumer<EventConsumer>();
            bus.UsingInMemory((context, memory) =>
            {
                memory.UseMessageRetry(retry =>
                {
                    // A catalogue that is away for a moment must not cost an event; one that breaks a rule breaks it every time.
                    retry.Exponential(10, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(500));
                    retry.Ignore<ArgumentException>();
                });
                memory.ConfigureJsonSerializerOptions(Contracts.Wire.Lenient);
                memory.ConfigureEndpoints(context);
            });
        });
        return services;
    }
}
