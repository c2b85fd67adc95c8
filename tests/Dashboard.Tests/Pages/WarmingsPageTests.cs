using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class WarmingsPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Operator_begins_a_warming_and_sees_it_end()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await window.GoAsync("/warmings");

        await window.Page.GetByLabel("Customer").FillAsync($"{id.Customer}");
        await window.Page.GetByLabel("Space").FillAsync($"{id.Space}");
        await window.Page.GetByLabel("Assets a second").FillAsync("50");
        await window.Page.GetByLabel("only those that aren't warm").UncheckAsync();
        await window.Button("Begin").ClickAsync();
        await window.Page.GetByText("It has begun.").WaitForAsync();
        var row = window.Page.Locator("#list tbody tr").First;
        await row.GetByText("done", new() { Exact = true }).WaitForAsync();

        var told = (await world.Api.WarmingsAsync())[0];
        Assert.Equal((id.Customer, id.Space, false, 50.0, "olga", 1), (told.Customer, told.Space, told.OnlyCold, told.Rate, told.RequestedBy, told.Done));
        Assert.All([$"customer {id.Customer}, space {id.Space}", "olga", "1 of 1", "1 warmed", $"{told.GoodRequests} good"], wanted => Assert.Contains(wanted, row.InnerTextAsync().GetAwaiter().GetResult(), StringComparison.Ordinal));
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Operator_cancels_a_warming_that_is_under_way()
    {
        var id = await world.PresentAsync();
        // So slow that it is never begun.
        var warming = await world.Api.BeginWarmingAsync(new WarmingRequest(id.Customer, id.Space, Rate: 0.0001));
        await using var window = await world.OpenAsync();
        await window.GoAsync("/warmings");

        await window.Page.Locator("#list tbody tr").First.GetByRole(AriaRole.Button).ClickAsync();

        await window.Page.GetByText("It is cancelled, also what was under way.").WaitForAsync();
        Assert.NotNull((await world.Api.WarmingAsync(warming.Id)).CancelledAt);
        await window.Page.Locator("#list tbody tr").First.GetByText("cancelled", new() { Exact = true }).WaitForAsync();
        Assert.Equal(0, await window.Page.Locator("#list tbody tr").First.GetByRole(AriaRole.Button).CountAsync());
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("", "", "", "Customer", "say whose copies")]
    [InlineData("three", "", "", "Customer", "customer is 'three'; it must be a whole number")]
    [InlineData("3", "<b>", "", "Space", "space is '<b>'")]
    [InlineData("3", "1", "fast", "Assets a second", "must be a number")]
    [InlineData("3", "1", "0", "Assets a second", "rate must be more than 0")]
    public async Task Wrong_entry_stays_with_the_reason_beside_it(string customer, string space, string rate, string label, string wanted)
    {
        await using var window = await world.OpenAsync();
        await window.GoAsync("/warmings");
        var before = (await world.Api.WarmingsAsync()).Count;

        await window.Page.GetByLabel("Customer").FillAsync(customer);
        await window.Page.GetByLabel("Space").FillAsync(space);
        await window.Page.GetByLabel("Assets a second").FillAsync(rate);
        await window.Button("Begin").ClickAsync();
        var wrong = window.Page.Locator(".field").Filter(new() { Has = window.Page.GetByLabel(label) }).GetByRole(AriaRole.Alert);

        Assert.Contains(wanted, await wrong.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal((customer, rate), (await window.Page.GetByLabel("Customer").InputValueAsync(), await window.Page.GetByLabel("Assets a second").InputValueAsync()));
        Assert.Equal(before, (await world.Api.WarmingsAsync()).Count);
    }

    [Fact]
    public async Task Reader_sees_warmings_and_no_buttons()
    {
        var id = await world.PresentAsync();
        await world.Api.BeginWarmingAsync(new WarmingRequest(id.Customer, id.Space, Rate: 0.0001));
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        await window.GoAsync("/warmings");

        Assert.Contains($"customer {id.Customer}, space {id.Space}", await window.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await window.Page.Locator("main form").CountAsync());
        await world.Api.CancelWarmingAsync((await world.Api.WarmingsAsync())[0].Id);
    }

    [Fact]
    public async Task Worker_without_image_servers_says_so()
    {
        await using var copies = await CopyWorld.StartAsync(world.Postgres, "Dashboard:Enabled=true");
        await using var window = await world.Browser.OpenAsync(copies.Worker.Address);

        await window.GoAsync("/warmings");

        Assert.Contains("No image server is configured", await window.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await window.Page.Locator("main form").CountAsync());
        window.AssertNothingWrong();
    }
}
