using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Configuration;

internal static class ConfigurationEndpoints
{
    public static void MapConfiguration(this IEndpointRouteBuilder pages) => pages.MapGet("/configuration", async (string? q, string? set, UnderstudyClient api, CancellationToken cancel) =>
        Html.Page<ConfigurationPage>(new { Shown = new ShownValues(await api.ConfigurationAsync(cancel), q?.Trim() ?? "", set is not null) }));
}
