using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;

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
    public async Task Overview_changes_by_itself_when_something_happens()
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/");
        await window.Page.EvaluateAsync("() => { window.isTheSame = true; }");
        var before = await CopiesAsync(window);

        await world.PresentAsync();

        // Two seconds are what is promised; the machine may be busy with other things.
        await window.Page.WaitForFunctionAsync("before => document.querySelector('#figures [data-figure=copies] .value').textContent !== before", before, new() { Timeout = 20_000 });
        Assert.True(await window.Page.EvaluateAsync<bool>("() => window.isTheSame"));
        window.AssertNothingWrong();
    }

    private static Task<string> CopiesAsync(BrowserWindow window) => window.Page.Locator("#figures [data-figure=copies] .value").InnerTextAsync();
}
