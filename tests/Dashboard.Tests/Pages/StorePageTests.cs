using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class StorePageTests(DashboardWorld world)
{
    private const string Script = "<script>window.hacked=1</script>";

    [Fact]
    public async Task Customer_in_the_treemap_leads_to_its_spaces_and_these_to_their_assets()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        Assert.Equal(200, await window.GoAsync("/store"));
        var store = await world.Api.StoreAsync();
        Assert.Contains(store.Root, await window.TextAsync(), StringComparison.Ordinal);
        var customer = window.Page.Locator(".treemap.wide a[href='/store?customer=3']");
        Assert.StartsWith("customer 3: ", await customer.GetAttributeAsync("aria-label"), StringComparison.Ordinal);
        await customer.ClickAsync();
        await window.ArriveAsync("/store?customer=3");
        var usage = (await world.Api.UsageAsync(3)).Parts.Single(p => p.Space == id.Space);
        await window.Page.GetByText("The same as a table").ClickAsync();
        // So many spaces have a copy of the same size that it may be among those that are left out.
        if (await window.Page.GetByRole(AriaRole.Link, new() { Name = " more" }).CountAsync() > 0)
            await window.GoAsync("/store?customer=3&all=true");
        var row = window.Page.Locator("#usage tbody tr", new() { Has = window.Page.GetByRole(AriaRole.Link, new() { Name = $"space {id.Space}", Exact = true }) });
        Assert.Contains("19.5 KiB", await row.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(20_000, usage.Bytes);
        await row.GetByRole(AriaRole.Link).ClickAsync();

        await window.Link($"{id}").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_pins_until_the_end_of_a_day_and_unpins()
    {
        var scope = $"77/{world.NewAsset().Space}";
        await using var window = await world.OpenAsync();
        await window.GoAsync("/store");
        var day = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(40));

        await window.Page.GetByLabel("Customer, space or asset").FillAsync(scope);
        await window.Page.GetByLabel("To the end of this day").FillAsync(day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await window.Page.GetByLabel("Reason").FillAsync("on show " + Script);
        await window.Button("Pin").ClickAsync();
        await window.Page.Locator("#pins").GetByText("on show " + Script).First.WaitForAsync();
        var pin = (await world.Api.PinsAsync()).Single(p => p.Scope == scope);
        Assert.Equal(new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), pin.Until);
        Assert.Equal("olga", pin.PinnedBy);
        Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"));

        await window.Button($"Unpin {scope}").ClickAsync();
        await window.Button($"Unpin {scope}").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.DoesNotContain(await world.Api.PinsAsync(), p => p.Scope == scope);
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("x", "")]
    [InlineData("../assets/3/1/foo", "")]
    [InlineData("2/5/foo/bar", "")]
    [InlineData("2/5", "tomorrow")]
    [InlineData("2/5", "2001-01-01")]
    public async Task Pin_that_makes_no_sense_is_refused(string scope, string until)
    {
        await using var window = await world.OpenAsync();

        Assert.Equal(400, (await Forged.PostAsync(window, "/store/pin", ("scope", scope), ("until", until))).Status);
        if (until == "")
            Assert.Equal(400, (await Forged.PostAsync(window, "/store/unpin", ("scope", scope))).Status);

        Assert.DoesNotContain(await world.Api.PinsAsync(), p => p.Scope == scope);
    }

    [Fact]
    public async Task Scavenge_says_what_goes_before_it_does()
    {
        const int bytes = 20_000;
        await using var small = await CopyWorld.StartAsync(
            world.Postgres, "Dashboard:Enabled=true", $"Storage:MaxBytes={10 * bytes}", "Storage:HighWaterPercent=99", "Storage:LowWaterPercent=30", "Storage:GracePeriod=00:00:00", "Storage:EvictedFor=00:00:00");
        AssetId[] ids = [.. Enumerable.Range(0, 5).Select(i => AssetId.Parse($"2/5/a{i}"))];
        foreach (var id in ids)
            small.Put($"{id}", bytes);
        await small.Worker.Api.SendAsync(ids.Select(id => new AssetIngested { Id = id, Source = CopyWorld.Uri($"{id}") }));
        await Eventually.TrueAsync(async () => (await small.Worker.Api.StoreAsync()) is { Copies: 5, ReservedBytes: 0 }, "copied");
        await small.Worker.Api.PinAsync($"{ids[0]}");
        await using var window = await world.Browser.OpenAsync(small.Worker.Address);
        await window.GoAsync("/store");

        await window.Link("Scavenge…").ClickAsync();
        var order = await window.Page.Locator("#order tbody tr").AllInnerTextsAsync();
        Assert.Equal(2, order.Count(row => row.Contains("goes", StringComparison.Ordinal)));
        Assert.Equal(5, (await small.Worker.Api.StoreAsync()).Copies);
        await window.Button("Scavenge now: 2 copies").ClickAsync();

        await window.Page.GetByText("2 copies go now.").WaitForAsync();
        await Eventually.TrueAsync(async () => (await small.Worker.Api.StoreAsync()).Copies == 3, "gone");
        Assert.NotNull((await small.Worker.Api.FindAsync(ids[0]))!.Copy);
        await window.GoAsync("/store/scavenge");
        await window.Page.GetByText("Nothing has to go").WaitForAsync();
        Assert.Equal(0, await window.Page.Locator("main button").CountAsync());
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("coldest")]
    [InlineData("largest")]
    public async Task Copies_longer_than_a_page_go_on(string order)
    {
        var count = (await world.Api.StoreAsync()).Copies;
        if (count <= 100)
        {
            var space = world.NewAsset().Space;
            AssetId[] more = [.. Enumerable.Range(0, 101).Select(i => AssetId.Parse($"4/{space}/c{i}"))];
            foreach (var id in more)
                world.Images.Put(id, Understudy.Worker.Tests.TestKit.SyntheticJp2.Bytes(20_000, 1));
            await world.Api.SendAsync(more.Select(id => new AssetIngested { Id = id, Source = DashboardWorld.SourceOf(id) }));
            foreach (var id in more)
                await world.SettledAsync(id);
        }

        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);
        await window.GoAsync("/store");
        await window.Page.Locator($"#{order} header a").ClickAsync();
        await window.ArriveAsync($"/store/{order}");

        var first = await window.Page.Locator("#copies tbody th a").AllInnerTextsAsync();
        Assert.Equal(100, first.Count);
        await window.Link("Next page").ClickAsync();
        await window.Link("To the start").WaitForAsync();
        Assert.DoesNotContain(await window.Page.Locator("#copies tbody th a").AllInnerTextsAsync(), first.Contains);
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey)]
    [InlineData(DashboardWorld.PublishKey)]
    public async Task Role_that_may_not_sees_no_button_and_is_refused(string key)
    {
        var id = await world.PresentAsync();
        await world.Api.PinAsync($"{id}");
        await using var window = await world.OpenAsync(key);
        await window.GoAsync("/store");

        await window.Page.Locator("#pins").GetByText($"{id}").WaitForAsync();
        Assert.Equal(0, await window.Page.Locator("main button, main .button, main form").CountAsync());
        Assert.Equal(403, (await Forged.PostAsync(window, "/store/scavenge")).Status);
        Assert.Equal(403, (await Forged.PostAsync(window, "/store/pin", ("scope", "88"))).Status);
        Assert.Equal(403, (await Forged.PostAsync(window, "/store/unpin", ("scope", $"{id}"))).Status);
        Assert.Equal(403, await window.GoAsync("/store/scavenge"));

        Assert.Contains(await world.Api.PinsAsync(), p => p.Scope == $"{id}");
        Assert.DoesNotContain(await world.Api.PinsAsync(), p => p.Scope == "88");
        await world.Api.UnpinAsync($"{id}");
    }
}
