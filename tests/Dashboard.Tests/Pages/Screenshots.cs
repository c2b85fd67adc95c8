using System.Diagnostics;
using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Queues;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

/// <summary>Not a test: <c>-explicit only</c> writes the pictures in docs/images/dashboard, of a worker with the samples of <c>./run</c> and a real image server.</summary>
[Collection(nameof(DashboardWorld))]
public sealed class Screenshots(DashboardWorld world, FauxqsServer emulator)
{
    private static readonly string Folder = Path.Combine(Axe.Repository(), "docs/images/dashboard");

    private static readonly string[] Samples =
    [
        "1/1/harbour", "1/1/evening", "1/1/panorama", "1/1/folio", "1/1/leaflet", "1/1/stamp",
        "2/1/harbour", "2/1/folio", "2/4/panorama", "7/2/evening", "7/2/leaflet", "7/2/stamp", "9/1/panorama",
    ];

    [Fact(Explicit = true)]
    public async Task Take()
    {
        Directory.CreateDirectory(Folder);
        await using var copies = await CopyWorld.EmptyAsync(world.Postgres);
        await MakeSamplesAsync(copies.Files);
        await using var images = await IipServer.StartAsync(copies.Store);
        await using var hook = await HttpReceiver.StartAsync(_ =>
        {
            images.EmptyCaches();
            return new(200);
        });
        var worker = await copies.AddWorkerAsync(
            "Purging:Webhooks:0:Name=iip", $"Purging:Webhooks:0:Url={hook.Address}", "Purging:Webhooks:0:PurgesNodes=true",
            "Dashboard:Enabled=true", "Api:Keys:0:Name=olga", $"Api:Keys:0:Key={DashboardWorld.OperateKey}", "Api:Keys:0:Role=Operate",
            $"Cantaloupe:Tiles:Nodes:0={images.Address.GetLeftPart(UriPartial.Authority)}", "Cantaloupe:Tiles:HasTasks=false", "Warming:Versions=2", "Storage:MaxBytes=10 MB", "Storage:LowWaterPercent=70", "Storage:GracePeriod=00:00:02", "Cantaloupe:SettleTime=00:00:01",
            $"Sources:Template=file://{copies.Files}/1/1/{{asset}}.jp2");
        using var http = new HttpClient { BaseAddress = worker.Address, DefaultRequestHeaders = { Authorization = new("Bearer", DashboardWorld.OperateKey) } };
        var api = new UnderstudyClient(http);
        foreach (var id in Samples)
        {
            await api.SendAsync([new AssetIngested { Id = AssetId.Parse(id) }]);
            await Task.Delay(300);
        }

        var gone = new[] { "orchard", "tower" }.Select(n => AssetId.Parse($"1/2/{n}")).ToList();
        await api.SendAsync(gone.Select(id => new AssetIngested { Id = id }));
        await api.SendAsync([new InfoJsonRequested { Id = AssetId.Parse("1/1/harbour") }, new SourceUpdated { Id = AssetId.Parse("1/1/harbour") }]);
        await api.PinAsync("1/1/harbour", new PinRequest(Reason: "on show until spring"));
        await Eventually.TrueAsync(async () => (await api.ListAsync(limit: 50)).Items.All(a => a.State is AssetState.Present or AssetState.Dead), "settled");

        await api.SetScheduleAsync("audit", new ScheduleChange("30 2 * * 1-5", "Europe/Berlin"));
        foreach (var job in (string[])["sweep", "scrub", "audit", "scrub", "retention"])
        {
            await api.RunScheduleAsync(job);
            await Eventually.TrueAsync(async () => (await api.SchedulesAsync()).Single(s => s.Name == job) is { Wanted: false, Running: null, Last: not null }, "run");
        }

        var warming = await api.BeginWarmingAsync(new WarmingRequest(1));
        await Eventually.TrueAsync(async () => (await api.WarmingAsync(warming.Id)).EndedAt is not null, "warmed");
        await api.BeginWarmingAsync(new WarmingRequest(1, 1, OnlyCold: true, Rate: 0.0001));

        var purge = await api.BeginPurgeAsync(new PurgeRequest(1, 1, Reason: "colours were wrong"));
        await Eventually.TrueAsync(async () => (await api.PurgeAsync(purge.Id)).EndedAt is not null, "purged");

        await TakeAsync(
            worker, DashboardWorld.OperateKey, ("overview", "/"), ("assets", "/assets"), ("asset", "/assets/1/1/harbour"), ("plans", "/plans"),
            ("purges", "/purges"), ("purge", $"/purges/{purge.Id}"), ("purge-new", "/purges/new"), ("store", "/store"), ("scavenge", "/store/scavenge"),
            ("schedules", "/schedules"), ("schedule", "/schedules/audit"), ("workers", "/workers"), ("warmings", "/warmings"), ("configuration", "/configuration?q=warming"));
        await TakeQueuesAsync();
    }

    private async Task TakeQueuesAsync()
    {
        await using var queues = await QueueWorld.StartAsync(world.Postgres, emulator, settings: ["Dashboard:Enabled=true", "Messaging:Queues:1:Name=understudy-bulk", "Messaging:Queues:1:Priority=9"]);
        await queues.SendAsync([.. Enumerable.Range(0, 30).Select(i => QueueWorld.Hit(AssetId.Parse($"2/5/foo{i}")))]);
        await Eventually.TrueAsync(async () => await queues.Worker.Api.QueuesAsync() is [{ LagSeconds: not null, Waiting: not null }, { Fault: not null }], "seen");
        await TakeAsync(queues.Worker, null, ("queues", "/queues"));
    }

    private async Task TakeAsync(CopyWorker worker, string? key, params (string Name, string Path)[] pages)
    {
        foreach (var (name, path) in pages)
        {
            foreach (var (width, isDark) in ((int, bool)[])[(1280, false), (1280, true), (390, false)])
            {
                await using var window = await world.Browser.OpenAsync(worker.Address, width, isDark);
                if (key is not null)
                    await window.SignInAsync(key);
                await window.GoAsync(path);
                await window.Page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 3000 }).ContinueWith(_ => { }, TaskScheduler.Default);
                await window.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}{(isDark ? "-dark" : "")}.png"), FullPage = true });
            }
        }
    }

    private static async Task MakeSamplesAsync(string folder)
    {
        using var make = Process.Start(new ProcessStartInfo("bash", ["-c", "source scripts/packages.sh; source scripts/samples.sh; make_samples \"$0\"", folder]) { WorkingDirectory = Axe.Repository() })!;
        await make.WaitForExitAsync();
        Assert.Equal(0, make.ExitCode);
    }
}
