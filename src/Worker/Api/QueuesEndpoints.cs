using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Intake.Queues;

namespace Understudy.Api;

/// <summary>The queues that this worker receives from.</summary>
internal static class QueuesEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/queues", (IServiceProvider services) => services.GetService<QueueListeners>()?.Queues.Select(q => q.View()).ToArray() ?? [])
            .RequireRead()
            .WithSummary("The queues that this worker receives from, and how deep they are; none with Messaging:Transport InMemory.")
            .Produces<QueueView[]>();
}
