using Microsoft.Playwright;
using Understudy.Dashboard.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class ConfigurationPageTests(DashboardWorld world)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Page_has_every_value_by_section_with_its_source_and_no_secret(bool hasScript)
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey, hasScript: hasScript);

        Assert.Equal(200, await window.GoAsync("/configuration"));
        var values = await world.Api.ConfigurationAsync();

        Assert.Equal(values.Count, await window.Page.Locator("main tbody tr").CountAsync());
        Assert.Equal(values.Select(v => v.Key.Split(':')[0]).Distinct(), await window.Page.Locator("main .panel h2").AllInnerTextsAsync());
        var store = Row(window, "Storage", "Root");
        Assert.Contains((await world.Api.StoreAsync()).Root, await store.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("command line", await store.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("hidden", await Row(window, "Api", "Keys:0:Key").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("hidden", await Row(window, "Cantaloupe", "Tiles:ApiSecret").InnerTextAsync(), StringComparison.Ordinal);
        Assert.All([DashboardWorld.ReadKey, DashboardWorld.OperateKey], secret => Assert.DoesNotContain(secret, window.Page.ContentAsync().GetAwaiter().GetResult(), StringComparison.Ordinal));
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Filter_leaves_what_has_all_its_words(bool hasScript)
    {
        await using var window = await world.OpenAsync(hasScript: hasScript);
        await window.GoAsync("/configuration");

        await window.Page.GetByLabel("Words in").FillAsync("STORAGE free");
        await window.Button("Filter").ClickAsync();
        await window.ArriveAsync("/configuration?q=STORAGE+free");

        Assert.Equal(["Storage"], await window.Page.Locator("main .panel h2").AllInnerTextsAsync());
        Assert.All(await window.Page.Locator("main tbody th").AllInnerTextsAsync(), key => Assert.Contains("free", key, StringComparison.OrdinalIgnoreCase));
        Assert.True(await window.Page.Locator("main tbody tr").CountAsync() is > 0 and < 10);
        await window.Page.GetByLabel("only what is set").CheckAsync();
        await window.Page.GetByLabel("Words in").FillAsync("");
        await window.Button("Filter").ClickAsync();
        await window.ArriveAsync("/configuration?q=&set=1");
        Assert.DoesNotContain("default", await window.Page.Locator("main tbody td[data-th=From]").AllInnerTextsAsync());
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Filter_that_finds_nothing_says_so_and_is_text()
    {
        const string Markup = "\"><script>window.hacked=1</script>";
        await using var window = await world.OpenAsync();

        await window.GoAsync($"/configuration?q={Uri.EscapeDataString(Markup)}");

        Assert.Contains("No value is like that.", await window.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(Markup, await window.Page.GetByLabel("Words in").InputValueAsync());
        Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        window.AssertNothingWrong();
    }

    private static ILocator Row(BrowserWindow window, string section, string key) =>
        window.Page.Locator($"#{section} tbody tr").Filter(new() { Has = window.Page.GetByRole(AriaRole.Rowheader, new() { Name = key, Exact = true }) });
}
