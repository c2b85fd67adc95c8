using System.Globalization;
using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class OverviewPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Overview_of_a_worker_shows_its_store_plans_and_nodes()
    {
        await world.PresentAsync();
        var dead = world.NewAsset();
        await world.Api.SendAsync([new AssetIngested { Id = dead, Source = "s3://pics/is-not-there" }]);
        await world.SettledAsync(dead);
        await using var window = await world.OpenAsync();

        Assert.Equal(200, await window.GoAsync("/"));
        var text = await window.TextAsync();

        var store = await world.Api.StoreAsync();
        Assert.Contains(store.Root, text, StringComparison.Ordinal);
        Assert.Contains(world.Images.Node.Address.GetLeftPart(UriPartial.Authority), text, StringComparison.Ordinal);
        Assert.Contains("olga", text, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", text, StringComparison.Ordinal);
        Assert.Contains("uses today", text, StringComparison.Ordinal);
        await window.Page.Locator("#plans").GetByRole(AriaRole.Row, new() { Name = "ingest" }).Locator("a[href*=dead]").ClickAsync();
        await window.Page.GetByText("is-not-there").First.WaitForAsync();
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Overview_changes_by_itself_within_two_seconds_when_something_happens()
    {
        await using var window = await world.OpenAsync();
        // The page's own seconds: those of a busy machine would say nothing about it.
        await window.Page.Clock.InstallAsync(new() { TimeDate = DateTime.UtcNow });
        await window.GoAsync("/");
        await window.Page.RunAndWaitForRequestFinishedAsync(() => window.Page.Clock.PauseAtAsync(DateTime.UtcNow.AddMinutes(1)));
        await window.Page.EvaluateAsync("() => { window.isTheSame = true; }");
        await world.PresentAsync();
        var after = (await world.Api.StoreAsync()).Copies;
        var shown = string.Create(CultureInfo.InvariantCulture, $"{after:N0}");
        Assert.NotEqual(shown, await CopiesAsync(window));

        await window.Page.Clock.RunForAsync(2000);

        await Eventually.TrueAsync(async () => await CopiesAsync(window) == shown, "the new copy is counted");
        Assert.True(await window.Page.EvaluateAsync<bool>("() => window.isTheSame"));
        window.AssertNothingWrong();
    }

    private static Task<string> CopiesAsync(BrowserWindow window) => window.Page.Locator("#figures [data-figure=copies] .value").InnerTextAsync();
}
