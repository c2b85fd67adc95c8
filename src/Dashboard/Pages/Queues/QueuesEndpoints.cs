using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Queues;

internal static class QueuesEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder pages) => pages.MapGet("/queues", async (UnderstudyClient api, TimeProvider time, CancellationToken cancel) =>
    {
        var (queues, throughput) = (Part.OfAsync(api.QueuesAsync, time, cancel), Part.OfAsync(c => api.ThroughputAsync(fine: false, c), time, cancel));
        return Html.Page<QueuesPage>(new { Queues = await queues, Throughput = await throughput });
    });
}
