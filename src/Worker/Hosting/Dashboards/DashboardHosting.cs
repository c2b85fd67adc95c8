using Understudy.Catalogue;
using Understudy.Dashboard;
using Understudy.Dashboard.Hosting;
using Understudy.Hosting.Configuration;

namespace Understudy.Hosting.Dashboards;

/// <summary>The dashboard within the worker.</summary>
internal static class DashboardHosting
{
    private const string KeysFolder = "dashboard-keys";

    public static IServiceCollection AddDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        var options = services.AddValidatedOptions<DashboardSettings>(configuration, DashboardOptions.Section);
        if (options.Enabled)
            services.AddDashboard(options, s => s.GetRequiredService<DataDirectory>().File(KeysFolder));
        return services;
    }

    public static void MapDashboard(this WebApplication app)
    {
        if (app.Services.GetRequiredService<DashboardSettings>().Enabled)
            DashboardServices.MapDashboard(app);
    }
}
