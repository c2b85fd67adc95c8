using Microsoft.Playwright;
using Npgsql;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class PlansPageTests(DashboardWorld world)
{
    private const string Script = "<script>window.hacked=1</script>";

    [Fact]
    public async Task Dead_plans_are_told_by_what_stopped_them_and_lead_to_their_list()
    {
        var dead = await DeadAsync(3);
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        Assert.Equal(200, await window.GoAsync("/plans"));
        await window.Page.Locator("#faults").GetByRole(AriaRole.Link, new() { Name = "sourceGone at copy" }).ClickAsync();

        await window.ArriveAsync("/plans?state=dead&stage=copy&fault=sourceGone");
        await window.Page.Locator("#list").GetByText("sourceGone").First.WaitForAsync();
        await window.GoAsync($"/plans?customer={dead[0].Customer}");
        Assert.Contains("3 dead plans match", await window.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(dead.Select(id => $"{id}").Order(), (await RowsAsync(window)).Order());
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Filter_finds_by_what_the_reason_begins_with()
    {
        var dead = await DeadAsync(2);
        var reason = (await world.Api.FindAsync(dead[0]))!.Plan!.Reason!;
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);
        await window.GoAsync($"/plans?customer={dead[0].Customer}");

        await window.Page.GetByLabel("What the reason begins with").FillAsync(reason);
        await window.Page.GetByLabel("Fault").SelectOptionAsync("sourceGone");
        await window.Button("Filter").ClickAsync();
        await window.Page.GetByText("1 dead plan match").WaitForAsync();
        Assert.Equal([$"{dead[0]}"], await RowsAsync(window));

        await window.Page.GetByLabel("Fault").SelectOptionAsync("badSource");
        await window.Button("Filter").ClickAsync();
        await window.Page.GetByText("No plan is like that.").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Tabs_lead_to_plans_to_do_and_under_way()
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);
        await window.GoAsync("/plans");

        foreach (var (tab, state) in ((string, string)[])[("To do", "pending"), ("Under way", "running"), ("Given up", "dead")])
        {
            await window.Page.Locator("#tabs a", new() { HasText = tab }).ClickAsync();
            await window.ArriveAsync($"/plans?state={state}");
            Assert.Contains(tab, await window.Page.Locator("#tabs [aria-current=page]").InnerTextAsync(), StringComparison.Ordinal);
        }

        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("state=present", "never present")]
    [InlineData("state=1", "'1' is no state")]
    [InlineData("lane=fast", "'fast' is no lane")]
    [InlineData("fault=mine", "'mine' is no fault")]
    [InlineData("customer=x", "'x' is no number")]
    [InlineData("after=x", "'next' of the page before")]
    public async Task Filter_that_makes_no_sense_says_why(string query, string reason)
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        Assert.Equal(400, await window.GoAsync($"/plans?{query}"));

        Assert.Contains(reason, await window.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operator_retries_one_and_is_back_at_the_list()
    {
        var dead = await DeadAsync(2);
        world.Images.Put(dead[1], Understudy.Worker.Tests.TestKit.SyntheticJp2.Bytes(20_000, 1));
        await using var window = await world.OpenAsync();
        await window.GoAsync($"/plans?customer={dead[0].Customer}");

        await window.Button($"Retry {dead[1]}").ClickAsync();

        await window.Page.GetByText($"The plan of {dead[1]} is tried again now.").WaitForAsync();
        Assert.Contains($"customer={dead[0].Customer}", window.Page.Url, StringComparison.Ordinal);
        await world.SeenAsync(dead[1], v => v.State == AssetState.Present, "present");
        await window.Link($"{dead[1]}").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal([$"{dead[0]}"], await RowsAsync(window));
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_drops_one_after_being_asked()
    {
        var id = (await DeadAsync(1))[0];
        await using var window = await world.OpenAsync();
        await window.GoAsync($"/plans?customer={id.Customer}");

        await window.Link($"Drop {id}…").ClickAsync();
        Assert.Contains("owes something to caches", await window.TextAsync(), StringComparison.Ordinal);
        await window.Button("Drop").ClickAsync();

        await window.Page.GetByText("Its plan is given up for good.").WaitForAsync();
        Assert.Null((await world.Api.FindAsync(id))!.Plan);
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Operator_retries_all_that_match_and_sees_how_far_that_is(bool hasScript)
    {
        var dead = await DeadAsync(4);
        foreach (var id in dead)
            world.Images.Put(id, Understudy.Worker.Tests.TestKit.SyntheticJp2.Bytes(20_000, 1));
        await using var window = await world.OpenAsync(hasScript: hasScript);
        await window.GoAsync($"/plans?customer={dead[0].Customer}&fault=sourceGone");

        await window.Link("Retry all…").ClickAsync();
        Assert.Contains($"4 dead plans match: for sourceGone, of customer {dead[0].Customer}", await window.TextAsync(), StringComparison.Ordinal);
        await window.Button("Retry 4 dead plans").ClickAsync();

        await window.ArriveAsync("/plans/actions/");
        await SeenAsync(window, hasScript, "4 of 4 retried");
        Assert.Contains("olga", await window.TextAsync(), StringComparison.Ordinal);
        if (hasScript)
            Assert.Empty(await Axe.ViolationsAsync(window.Page));
        foreach (var id in dead)
            await world.SeenAsync(id, v => v.State == AssetState.Present, "present");
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_drops_all_that_match_but_those_that_owe_something_unless_forced()
    {
        var dead = await DeadAsync(3);
        // As a deletion that could not be done.
        await using (var catalogue = NpgsqlDataSource.Create(world.Images.Copies.Catalogue))
        await using (var owing = catalogue.CreateCommand("update plan set goal = 'absent' where asset_id = @id"))
        {
            owing.Parameters.AddWithValue("id", $"{dead[0]}");
            Assert.Equal(1, await owing.ExecuteNonQueryAsync());
        }

        await using var window = await world.OpenAsync();
        await window.GoAsync($"/plans?customer={dead[0].Customer}");
        await window.Link("Drop all…").ClickAsync();
        Assert.Contains("may still serve what it should have forgotten", await window.TextAsync(), StringComparison.Ordinal);
        await window.Button("Drop 3 dead plans").ClickAsync();
        await window.Page.GetByText("2 of 3 dropped, 1 kept").WaitForAsync();
        Assert.NotNull((await world.Api.FindAsync(dead[0]))!.Plan);

        await window.Link("Dead plans like that now").ClickAsync();
        await window.Link("Drop all…").ClickAsync();
        await window.Page.GetByLabel("force").CheckAsync();
        await window.Button("Drop 1 dead plan").ClickAsync();
        await window.Page.GetByText("1 of 1 dropped").WaitForAsync();
        Assert.Null((await world.Api.FindAsync(dead[0]))!.Plan);

        await window.GoAsync("/plans/actions");
        Assert.Contains($"of customer {dead[0].Customer}, forced", await window.TextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey)]
    [InlineData(DashboardWorld.PublishKey)]
    public async Task Role_that_may_not_sees_no_button_and_is_refused(string key)
    {
        var id = (await DeadAsync(1))[0];
        await using var window = await world.OpenAsync(key);
        await window.GoAsync($"/plans?customer={id.Customer}");

        Assert.Equal(["Filter"], await window.Page.Locator("main button").AllInnerTextsAsync());
        Assert.Equal(["All"], await window.Page.Locator("main a.button").AllInnerTextsAsync());
        foreach (var path in (string[])["/plans/retry", "/plans/drop", "/plans/one"])
            Assert.Equal(403, (await Forged.PostAsync(window, $"{path}?customer={id.Customer}", ("id", $"{id}"))).Status);
        foreach (var path in (string[])["/plans/retry", "/plans/drop"])
            Assert.Equal(403, await window.GoAsync(path));

        Assert.NotNull((await world.Api.FindAsync(id))!.Plan!.DeadAt);
    }

    [Fact]
    public async Task Markup_in_reasons_and_filters_is_text()
    {
        var dead = await DeadAsync(1, Script);
        await using var window = await world.OpenAsync();

        foreach (var path in (string[])[$"/plans?customer={dead[0].Customer}", $"/plans?reason={Uri.EscapeDataString(Script)}", $"/plans/drop?reason={Uri.EscapeDataString(Script)}", $"{DashboardWorld.PathOf(dead[0])}/drop"])
        {
            await window.GoAsync(path);
            var shown = await window.Page.EvaluateAsync<string>("() => document.querySelector('main').innerText + [...document.querySelectorAll('main input')].map(i => i.value).join()");
            Assert.True(shown.Contains("script>", StringComparison.Ordinal), $"{path}: {shown}");
            Assert.Equal(0, await window.Page.Locator("main script").CountAsync());
            Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"), path);
        }

        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Hundred_thousand_dead_plans_page_well()
    {
        await using var many = await CopyWorld.StartAsync(world.Postgres, "Dashboard:Enabled=true");
        await using (var catalogue = NpgsqlDataSource.Create(many.Catalogue))
        await using (var insert = catalogue.CreateCommand(
            """
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, attempts, fault, reason, dead_at)
            select '1/1/' || i, 1, 'present', 'copy', 2, 1, now(), 8, 'failed', 'the source said no', now() - i * interval '1 second' from generate_series(1, 100000) i
            """))
            await insert.ExecuteNonQueryAsync();
        await using var window = await world.Browser.OpenAsync(many.Worker.Address);

        await window.GoAsync("/plans");
        Assert.Contains("100,000 dead plans", await window.TextAsync(), StringComparison.Ordinal);
        var seen = await RowsAsync(window);
        for (var page = 0; page < 3; page++)
        {
            await window.Link("Next page").ClickAsync();
            await window.Link($"1/1/{seen.Count + 1}").WaitForAsync();
            seen = [.. seen, .. await RowsAsync(window)];
        }

        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"1/1/{i}"), seen);
        await window.Link("Retry all…").ClickAsync();
        await window.Button("Retry 100,000 dead plans").WaitForAsync();
        window.AssertNothingWrong();
    }

    /// <summary>Of a customer of their own, none of whose sources is there.</summary>
    private async Task<IReadOnlyList<AssetId>> DeadAsync(int count, string more = "")
    {
        var customer = 10_000 + world.NewAsset().Space;
        AssetId[] ids = [.. Enumerable.Range(0, count).Select(i => AssetId.Parse($"{customer}/1/a{i}"))];
        await world.Api.SendAsync(ids.Select(id => new AssetIngested { Id = id, Source = DashboardWorld.SourceOf(id) + more }));
        foreach (var id in ids)
            await world.SeenAsync(id, v => v.State == AssetState.Dead, "dead");
        return ids;
    }

    private static Task<IReadOnlyList<string>> RowsAsync(BrowserWindow window) => window.Page.Locator("#list tbody th a").AllInnerTextsAsync();

    /// <summary>Without script by looking again.</summary>
    private static async Task SeenAsync(BrowserWindow window, bool hasScript, string text)
    {
        if (hasScript)
            await window.Page.GetByText(text).WaitForAsync();
        else
            await Eventually.TrueAsync(async () =>
            {
                await window.Page.ReloadAsync();
                return (await window.TextAsync()).Contains(text, StringComparison.Ordinal);
            }, text);
    }
}
