using Understudy.Contracts;

namespace Understudy.Dashboard.Tests.TestKit;

/// <summary>One address of each page that there is: what holds for all is held against all of these.</summary>
internal static class AllPages
{
    public static IReadOnlyList<string> Of(AssetId id) =>
    [
        "/",
        "/assets",
        DashboardWorld.PathOf(id),
        DashboardWorld.PathOf(id) + "/pin",
        DashboardWorld.PathOf(id) + "/purge",
        DashboardWorld.PathOf(id) + "/evict",
        DashboardWorld.PathOf(id) + "/delete",
        DashboardWorld.PathOf(id) + "/drop",
        "/plans",
        "/plans?state=pending",
        "/plans/retry",
        "/plans/drop",
        "/plans/actions",
        "/purges",
        "/purges/new",
        "/store",
        $"/store?customer={id.Customer}",
        "/store/coldest",
        "/store/largest",
        "/store/scavenge",
        "/schedules",
        "/schedules/retention",
        "/workers",
        "/queues",
        "/warmings",
        "/configuration",
    ];
}
