using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Understudy.Contracts;
using Understudy.Dashboard.Look;
using Understudy.Dashboard.Pages.Asset;
using Understudy.Dashboard.Pages.Assets;
using Understudy.Dashboard.Pages.Configuration;
using Understudy.Dashboard.Pages.Overview;
using Understudy.Dashboard.Pages.Plans;
using Understudy.Dashboard.Pages.Purges;
using Understudy.Dashboard.Pages.Queues;
using Understudy.Dashboard.Pages.Schedules;
using Understudy.Dashboard.Pages.Store;
using Understudy.Dashboard.Pages.Warmings;
using Understudy.Dashboard.Pages.Workers;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Hosting;

/// <summary>The pages as part of a web application.</summary>
internal static class DashboardServices
{
    /// <param name="keysFolder">Where the keys lie that protect cookies; nobody else may read it.</param>
    public static void AddDashboard(this IServiceCollection services, DashboardOptions options, Func<IServiceProvider, string> keysFolder)
    {
        services.AddSingleton(options);
        services.AddSingleton<IStartupFilter, PathPrefix>();
        services.AddSingleton<WorkerApi>();
        services.AddHttpContextAccessor();
        services.AddScoped(s => s.GetRequiredService<IHttpContextAccessor>().HttpContext!);
        services.AddScoped<Links>();
        services.AddScoped(s => Visitor.Of(s.GetRequiredService<HttpContext>().User));
        services.AddScoped(s => s.GetRequiredService<WorkerApi>().For(s.GetRequiredService<Visitor>()));
        services.AddRazorComponents();
        services.AddSignIn(keysFolder);
    }

    /// <summary>Each page maps itself; a new one is named here, and in <see cref="Parts.Menu"/>.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        app.UseMiddleware<SafeHeaders>();
        app.UseMiddleware<PageFaults>();
        app.UseMiddleware<Doorkeeper>();
        // The API's policies know nothing of cookies: who gets in here is the doorkeeper's business.
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription().WithMetadata(new DashboardEndpoint()).AddEndpointFilter<ForgeryGuard>();
        pages.MapLook();
        pages.MapSignIn();
        pages.MapOverview();
        pages.MapAssets();
        pages.MapAsset();
        pages.MapPlans();
        pages.MapPurges();
        pages.MapStore();
        pages.MapSchedules();
        pages.MapWorkers();
        pages.MapQueues();
        pages.MapWarmings();
        pages.MapConfiguration();
    }

    private static void AddSignIn(this IServiceCollection services, Func<IServiceProvider, string> keysFolder)
    {
        services.AddDataProtection().SetApplicationName("understudy-dashboard");
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((keys, s) =>
            keys.XmlRepository = new FileSystemXmlRepository(KeysFolder(keysFolder(s)), s.GetRequiredService<ILoggerFactory>()));
        services.AddAntiforgery(forgery =>
        {
            forgery.Cookie.Name = "understudy-form";
            forgery.Cookie.SameSite = SameSiteMode.Strict;
            forgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            forgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddSingleton<ForgeryGuard>();
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        // Not AddAuthentication(): the API's scheme stays the default, and this one is asked by name only.
        new AuthenticationBuilder(services).AddCookie(Doorkeeper.Scheme, cookie =>
        {
            cookie.Cookie.Name = "understudy";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
            cookie.SlidingExpiration = true;
        });
    }

    private static DirectoryInfo KeysFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}

/// <summary>Marks what belongs to the dashboard, so that its middleware leaves the API alone.</summary>
internal sealed class DashboardEndpoint;

/// <summary>Marks what is for those who aren't signed in, too.</summary>
internal sealed class OpenToAll;
