using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Overview;

internal static class OverviewEndpoints
{
    public static void MapOverview(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/", async (UnderstudyClient api, TimeProvider time, CancellationToken cancel) =>
            Html.Page<OverviewPage>(new { Data = await OverviewData.ReadAsync(api, time, cancel) }));
}
