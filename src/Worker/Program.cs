using Understudy.Api;
using Understudy.Aws;
using Understudy.Catalogue;
using Understudy.Comparing;
using Understudy.Copying;
using Understudy.Copying.Images;
using Understudy.Dlcs;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;
using Understudy.Hosting.Configuration;
using Understudy.Hosting.Dashboards;
using Understudy.Intake;
using Understudy.Overview;
using Understudy.Plans;
using Understudy.Publishing;
using Understudy.Purging;
using Understudy.Scavenging;
using Understudy.Scavenging.CacheFolders;
using Understudy.Scavenging.Replay;
using Understudy.Schedules;
using Understudy.Warming;
using Understudy.Warming.Planning;

return await UnderstudyCommand.RunAsync(args, Terminal.OfProcess(), TimeProvider.System, new LocalActions(
    Serve: settings => WorkerHost.RunAsync(settings, Add, Map, Console.Error),
    CheckConfiguration: (settings, terminal, json) => ConfigurationCheck.Run(settings, Add, terminal, json),
    CheckJp2: CheckJp2.Run,
    WarmPlan: WarmPlan.Run,
    Compare: (arguments, terminal, cancel) => Compare.RunAsync(arguments, terminal, showProgress: !Console.IsErrorRedirected, TimeProvider.System, cancel),
    ScavengeCache: (arguments, terminal, cancel) => ScavengeCache.RunAsync(arguments, terminal, showProgress: !Console.IsErrorRedirected, TimeProvider.System, cancel),
    Replay: (arguments, terminal, cancel) => ReplayRun.Run(arguments, terminal, showProgress: !Console.IsErrorRedirected, TimeProvider.System, cancel),
    Dashboard: settings => DashboardHost.RunAsync(settings, Console.Error)));

// What happens to an event: Intake turns it into a plan in the catalogue; Plans leases it to a worker and calls its stages;
// Dlcs waits for ingests that were only announced, Copying brings the verified file into the store, Purging has all caches forget what was made of older bytes, Warming
// has the image servers fill theirs, and Scavenging makes room. Schedules runs the jobs of all of them. Hosted services start in this order and stop in the reverse.
static void Add(WebApplicationBuilder builder)
{
    builder.Services.AddAws(builder.Configuration);
    builder.Services.AddCatalogue(builder.Configuration);
    builder.Services.AddCopying(builder.Configuration);
    builder.Services.AddDlcs(builder.Configuration);
    builder.Services.AddPurging(builder.Configuration);
    builder.Services.AddWarming(builder.Configuration);
    builder.Services.AddScavenging(builder.Configuration);
    builder.Services.AddPlans(builder.Configuration);
    builder.Services.AddIntake(builder.Configuration);
    builder.Services.AddPublishing(builder.Configuration);
    builder.Services.AddSchedules(builder.Configuration);
    builder.Services.AddOverview();
    builder.Services.AddDashboard(builder.Configuration);
}

static void Map(WebApplication app)
{
    app.MapCaller();
    app.MapEvents();
    app.MapAssets();
    app.MapStatus();
    app.MapPlans();
    app.MapOverview();
    app.MapQueues();
    app.MapPurging();
    app.MapWarming();
    app.MapScavenging();
    app.MapWorth();
    app.MapSchedules();
    app.MapPicture();
    app.MapDashboard();
}
