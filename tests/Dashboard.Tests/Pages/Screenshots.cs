using System.Diagnostics;
using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

/// <summary>Not a test: DASHBOARD_SCREENSHOTS=1 writes the pictures in docs/images/dashboard, of a worker with the samples of <c>./run</c> and a real image server.</summary>
[Collection(nameof(DashboardWorld))]
public sealed class Screenshots(DashboardWorld world)
{
    private static readonly string Folder = Path.Combine(Axe.Repository(), "docs/images/dashboard");

    private static readonly string[] Samples = ["harbour", "evening", "panorama", "folio", "leaflet", "stamp"];

    public static bool AreWanted => Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS") == "1";

    [Fact(Skip = "only with DASHBOARD_SCREENSHOTS=1", SkipUnless = nameof(AreWanted))]
    public async Task Take()
    {
        Directory.CreateDirectory(Folder);
        await using var copies = await CopyWorld.EmptyAsync(world.Postgres);
        await MakeSamplesAsync(copies.Files);
        await using var images = await IipServer.StartAsync(copies.Store);
        var worker = await copies.AddWorkerAsync(
            "Dashboard:Enabled=true", "Api:Keys:0:Name=olga", $"Api:Keys:0:Key={DashboardWorld.OperateKey}", "Api:Keys:0:Role=Operate",
            $"Cantaloupe:Tiles:Nodes:0={images.Address.GetLeftPart(UriPartial.Authority)}", "Cantaloupe:Tiles:HasTasks=false", "Warming:Versions=2", "Storage:MaxBytes=6 MB",
            $"Sources:Template=file://{copies.Files}/1/1/{{asset}}.jp2");
        using var http = new HttpClient { BaseAddress = worker.Address, DefaultRequestHeaders = { Authorization = new("Bearer", DashboardWorld.OperateKey) } };
        var api = new UnderstudyClient(http);
        foreach (var name in Samples)
        {
            await api.SendAsync([new AssetIngested { Id = AssetId.Parse($"1/1/{name}") }]);
            await Task.Delay(300);
        }

        var gone = new[] { "orchard", "tower" }.Select(n => AssetId.Parse($"1/2/{n}")).ToList();
        await api.SendAsync(gone.Select(id => new AssetIngested { Id = id }));
        await api.SendAsync([new InfoJsonRequested { Id = AssetId.Parse("1/1/harbour") }, new SourceUpdated { Id = AssetId.Parse("1/1/harbour") }]);
        await api.PinAsync("1/1/harbour", new PinRequest(Reason: "on show until spring"));
        await Eventually.TrueAsync(async () => (await api.ListAsync(limit: 50)).Items.All(a => a.State is AssetState.Present or AssetState.Dead), "settled");

        foreach (var (name, path) in ((string, string)[])[("overview", "/"), ("assets", "/assets"), ("asset", "/assets/1/1/harbour")])
        {
            foreach (var (width, isDark) in ((int, bool)[])[(1280, false), (1280, true), (390, false)])
            {
                await using var window = await world.Browser.OpenAsync(worker.Address, width, isDark);
                await window.SignInAsync(DashboardWorld.OperateKey);
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
