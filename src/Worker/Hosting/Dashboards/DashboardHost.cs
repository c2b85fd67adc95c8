using Understudy.Catalogue;
using Understudy.Dashboard;
using Understudy.Dashboard.Hosting;
using Understudy.Hosting.Configuration;

namespace Understudy.Hosting.Dashboards;

/// <summary><c>understudy dashboard</c>: the dashboard as a process of its own.</summary>
internal static class DashboardHost
{
    private const string DefaultUrls = "http://127.0.0.1:8090";

    /// <returns>An <see cref="CommandLine.ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] arguments, TextWriter error, CancellationToken stop = default) => WorkerHost.RunAsync(() => Create(arguments), error, stop);

    public static WebApplication Create(string[] arguments)
    {
        var builder = WorkerHost.CreateBare(arguments, DefaultUrls);
        var directory = builder.Services.AddValidatedOptions<DataDirectoryOptions>(builder.Configuration, section: "");
        builder.Services.AddSingleton(_ => DataDirectory.From(directory));
        builder.Configuration["Dashboard:Enabled"] = "true";
        builder.Services.AddDashboard(builder.Configuration);
        if (string.IsNullOrEmpty(builder.Configuration["Dashboard:Api"]))
            builder.Services.OptionsSections().AddError("Dashboard:Api is not set; it must be the address of a worker, such as http://10.0.0.5:8080, for a dashboard by itself");
        builder.Services.OptionsSections().ThrowIfWrong(builder.Configuration);

        var app = builder.Build();
        app.MapGet("/health/live", () => Results.Text("ok"));
        app.MapDashboard();
        app.MapFallback((HttpContext http) => Html.Problem(StatusCodes.Status404NotFound, $"There is nothing at {http.Request.Path}."))
            .WithMetadata(new DashboardEndpoint(), new OpenToAll());
        return app;
    }
}
