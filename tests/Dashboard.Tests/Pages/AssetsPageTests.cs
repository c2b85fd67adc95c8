using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class AssetsPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Search_for_a_space_and_a_state_shows_the_assets_there()
    {
        var present = await world.PresentAsync();
        var dead = AssetId.Parse($"3/{present.Space}/gone");
        await world.Api.SendAsync([new AssetIngested { Id = dead, Source = "s3://pics/is-not-there" }]);
        await world.SettledAsync(dead);
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        await window.GoAsync("/assets");
        await window.Page.GetByLabel("Space").FillAsync($"{present.Space}");
        await window.Page.GetByLabel("Customer").FillAsync("3");
        await window.Button("Search").ClickAsync();
        await window.Link($"{present}").WaitForAsync();
        await window.Link($"{dead}").WaitForAsync();

        await window.Page.GetByLabel("State").SelectOptionAsync("dead");
        await window.Button("Search").ClickAsync();
        await window.Link($"{present}").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Contains("is-not-there", await window.TextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Search_for_a_whole_id_leads_to_its_page()
    {
        var id = await world.PresentAsync("a b%c");
        await using var window = await world.OpenAsync();

        await window.GoAsync($"/assets?id={Uri.EscapeDataString($"{id}")}");

        Assert.Equal($"{id}", await window.Page.Locator("h1").InnerTextAsync());
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("customer=x", "'x' is no number")]
    [InlineData("state=lost", "'lost' is no state")]
    [InlineData("stage=copy&state=present", "must be pending, running or dead")]
    public async Task Search_that_makes_no_sense_says_why(string query, string reason)
    {
        await using var window = await world.OpenAsync();

        Assert.Equal(400, await window.GoAsync($"/assets?{query}"));

        Assert.Contains(reason, await window.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_longer_than_a_page_goes_on()
    {
        var space = world.NewAsset().Space;
        await world.Api.SendAsync(Enumerable.Range(0, 120).Select(i => new AssetDeleted { Id = AssetId.Parse($"3/{space}/a{i:000}") }));
        await using var window = await world.OpenAsync();
        await window.GoAsync($"/assets?customer=3&space={space}");

        var seen = new List<string>();
        while (true)
        {
            seen.AddRange(await window.Page.Locator("tbody th a").AllInnerTextsAsync());
            if (await window.Link("Next page").CountAsync() == 0)
                break;
            var next = await window.Link("Next page").GetAttributeAsync("href");
            await window.Link("Next page").ClickAsync();
            await window.ArriveAsync(next!);
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"3/{space}/a{i:000}"), seen);
    }
}
