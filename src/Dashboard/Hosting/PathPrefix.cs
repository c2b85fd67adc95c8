using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Understudy.Dashboard.Hosting;

/// <summary>What a proxy in front says of the URL that the browser has: a path that all links begin with, and https. Before routing, hence a startup filter.</summary>
internal sealed class PathPrefix(DashboardOptions options) : IStartupFilter
{
    private readonly Proxies _proxies = new(options.Proxy);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (options.PathBase is { } path)
            app.UsePathBase(path);
        app.Use(Believe);
        next(app);
    };

    private Task Believe(HttpContext http, RequestDelegate next)
    {
        if (_proxies.Trust(http))
        {
            if (string.Equals(http.Request.Headers["X-Forwarded-Proto"], "https", StringComparison.OrdinalIgnoreCase))
                http.Request.Scheme = "https";
            // It was taken off on the way here, so there is nothing to take off the path.
            if (http.Request.Headers["X-Forwarded-Prefix"] is [{ } prefix] && DashboardOptions.IsPath(prefix.TrimEnd('/')))
                http.Request.PathBase = prefix.TrimEnd('/');
        }

        return next(http);
    }
}
