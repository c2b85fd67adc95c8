using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class AssetPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Page_of_an_asset_tells_its_whole_story()
    {
        var id = await world.PresentAsync();
        var view = (await world.Api.FindAsync(id))!;
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        Assert.Equal(200, await window.GoAsync(DashboardWorld.PathOf(id)));
        var text = await window.TextAsync();

        Assert.All(
            [view.Copy!.Path, view.Copy.Source, view.Copy.Checksum, view.Copy.ETag!, "512 × 512 pixels", "present", "ingested", "copied", $"{view.Warmth!.Good} of {view.Warmth.Requested} good"],
            wanted => Assert.Contains(wanted, text, StringComparison.Ordinal));
        await window.Page.WaitForFunctionAsync("() => document.querySelector('.picture img').naturalWidth > 100");
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Page_changes_by_itself_when_its_asset_does()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));

        await world.Api.DeleteAsync(id);

        await window.Page.GetByText("There is no copy in the store.").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey)]
    [InlineData(DashboardWorld.PublishKey, "Ensure")]
    [InlineData(DashboardWorld.OperateKey, "Ensure", "Refresh", "Warm", "Pin…", "Purge…", "Evict…", "Delete…")]
    public async Task Role_sees_what_it_may_do(string key, params string[] wanted)
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync(key);
        await window.GoAsync(DashboardWorld.PathOf(id));

        var seen = await window.Page.Locator("#actions button, #actions a").AllInnerTextsAsync();

        Assert.Equal(wanted, seen);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_refreshes_and_warms()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));

        await window.Button("Refresh").ClickAsync();
        await window.Page.GetByText("Its source is looked at again.").WaitForAsync();
        await world.SeenAsync(id, v => v.Generation == 2, "refreshed");
        await world.SettledAsync(id);
        await window.Button("Warm").ClickAsync();
        await window.Page.GetByText("The image servers are being asked").WaitForAsync();

        await world.SeenAsync(id, v => v.History.Any(h => h.What == "warming asked for"), "warming asked for");
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_pins_and_unpins_with_a_reason()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));

        await window.Link("Pin…").ClickAsync();
        await window.Page.GetByLabel("For how long").SelectOptionAsync("a week");
        await window.Page.GetByLabel("Reason").FillAsync("exhibition <b>2027</b>");
        await window.Button("Pin").ClickAsync();
        await window.Page.GetByText("exhibition <b>2027</b>").WaitForAsync();
        var pin = (await world.Api.PinsAsync()).Single(p => p.Scope == $"{id}");
        Assert.Equal("olga", pin.PinnedBy);
        Assert.InRange(pin.Until!.Value - pin.PinnedAt, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7.1));

        await window.Button("Unpin").ClickAsync();
        await window.Page.GetByText("It is no longer pinned.").WaitForAsync();
        Assert.DoesNotContain(await world.Api.PinsAsync(), p => p.Scope == $"{id}");
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_purges_and_sees_what_each_cache_was_seen_to_serve()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));

        await window.Link("Purge…").ClickAsync();
        await window.Page.GetByLabel("Reason").FillAsync("somebody saw the old one");
        await window.Button("Purge").ClickAsync();

        await window.Page.Locator("#purge").GetByText("serves nothing of what was before").First.WaitForAsync();
        Assert.Contains("somebody saw the old one", await window.Page.Locator("#history").InnerTextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_evicts_after_being_asked()
    {
        await using var copies = await CopyWorld.StartAsync(world.Postgres, "Dashboard:Enabled=true", "Storage:GracePeriod=00:00:00");
        copies.Put("foo", 20_000);
        await copies.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await using var window = await world.Browser.OpenAsync(copies.Worker.Address);
        await window.GoAsync(DashboardWorld.PathOf(CopyWorld.Id));

        await window.Link("Evict…").ClickAsync();
        Assert.NotNull((await copies.Worker.Api.FindAsync(CopyWorld.Id))!.Copy);
        await window.Button("Evict").ClickAsync();

        await window.Page.GetByText("Its copy goes from the store.").WaitForAsync();
        await window.Page.GetByText("There is no copy in the store.").WaitForAsync();
        Assert.False(File.Exists(copies.PathOf(CopyWorld.Id)));
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_is_told_why_a_copy_is_not_evicted()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));

        await window.Link("Evict…").ClickAsync();
        await window.Button("Evict").ClickAsync();

        // One that was copied a moment ago stays.
        await window.Page.GetByText("stays: it was used or copied within Storage:GracePeriod").WaitForAsync();
    }

    [Fact]
    public async Task Operator_deletes_after_being_asked()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));

        await window.Link("Delete…").ClickAsync();
        Assert.NotNull((await world.Api.FindAsync(id))!.Copy);
        await window.Button("Delete").ClickAsync();

        await window.Page.GetByText("There is no copy in the store.").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Publisher_ensures_an_asset_that_was_never_heard_of()
    {
        var id = world.NewAsset();
        await using var window = await world.OpenAsync(DashboardWorld.PublishKey);
        Assert.Equal(404, await window.GoAsync(DashboardWorld.PathOf(id)));

        await window.Button("Ensure").ClickAsync();

        // Nothing says where its source is, and the page says so.
        await window.Page.Locator("#plan, [role=alert]").GetByText("source").First.WaitForAsync();
        await world.SeenAsync(id, _ => true, "known");
    }

    [Fact]
    public async Task Operator_retries_a_dead_plan()
    {
        var id = AssetId.Parse($"3/{world.NewAsset().Space}/late");
        await world.Api.SendAsync([new AssetIngested { Id = id, Source = DashboardWorld.SourceOf(id) }]);
        await world.SeenAsync(id, v => v.State == AssetState.Dead, "dead");
        await using var window = await world.OpenAsync();
        await window.GoAsync(DashboardWorld.PathOf(id));
        Assert.Contains("sourceGone", await window.TextAsync(), StringComparison.Ordinal);
        world.Images.Put(id, Understudy.Worker.Tests.TestKit.SyntheticJp2.Bytes(20_000, 1));

        await window.Button("Retry now").ClickAsync();

        await window.Page.Locator("#title .state.good").WaitForAsync();
    }

    [Fact]
    public async Task Picture_that_no_node_gives_is_replaced_by_the_reason()
    {
        var id = await world.PresentAsync();
        world.Images.Node.Script = CantaloupeScript.Url($"%2F{id.Space}%2F{id.Asset}", _ => CantaloupeFault.Failing(500));
        try
        {
            await using var window = await world.OpenAsync();
            await window.GoAsync(DashboardWorld.PathOf(id));

            await window.Page.GetByText("no image server gave a picture").WaitForAsync();
            await window.Page.GetByText("answered 500").WaitForAsync();
        }
        finally
        {
            world.Images.Node.Script = CantaloupeScript.None;
        }
    }

    [Fact]
    public async Task Times_are_the_viewers_with_UTC_behind_them()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync(timeZone: "Asia/Kolkata");
        await using var bare = await world.OpenAsync(hasScript: false);
        await window.GoAsync(DashboardWorld.PathOf(id));
        await bare.GoAsync(DashboardWorld.PathOf(id));

        var shown = window.Page.Locator("#history time").First;
        var at = DateTimeOffset.Parse((await shown.GetAttributeAsync("datetime"))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(at.AddHours(5.5).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), await shown.InnerTextAsync());
        Assert.EndsWith(" UTC", await shown.GetAttributeAsync("title"), StringComparison.Ordinal);
        Assert.EndsWith(" UTC", await bare.Page.Locator("#history time").First.InnerTextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }
}
