using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Workers;

internal static class WorkersEndpoints
{
    public static void MapWorkers(this IEndpointRouteBuilder pages) => pages.MapGet("/workers", async (UnderstudyClient api, TimeProvider time, CancellationToken cancel) =>
    {
        var (workers, nodes, targets) = (Part.OfAsync(api.WorkersAsync, time, cancel), Part.OfAsync(api.NodesAsync, time, cancel), Part.OfAsync(api.TargetHealthAsync, time, cancel));
        return Html.Page<WorkersPage>(new { Workers = await workers, Nodes = await nodes, Targets = await targets });
    });
}
