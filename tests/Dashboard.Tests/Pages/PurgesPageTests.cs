using System.Text;
using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class PurgesPageTests(DashboardWorld world)
{
    private const string Script = "<script>window.hacked=1</script>";

    [Fact]
    public async Task Operator_looks_first_and_purges_then()
    {
        var (one, two) = (await world.PresentAsync(), await world.PresentAsync());
        await using var window = await world.OpenAsync();

        await FillInAsync(window, $"{one}\n# a line that is none\n\n{two}\n9/9/never");
        await window.Button("Look first").ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Purge 2 assets" }).WaitForAsync();
        var text = await window.TextAsync();
        Assert.All([$"{one}", $"{two}", "1 id was never heard of", "new watermark " + Script, (await world.Api.TargetsAsync())[0]], wanted => Assert.Contains(wanted, text, StringComparison.Ordinal));
        Assert.Empty(await Axe.ViolationsAsync(window.Page));
        Assert.DoesNotContain(await world.Api.PurgesAsync(), p => p.Reason?.StartsWith("new watermark", StringComparison.Ordinal) ?? false);

        await window.Button("Purge 2 assets").ClickAsync();
        await window.Page.Locator("#progress").GetByText("2 of 3 clean").WaitForAsync();
        await window.Page.Locator("#title .state.good").WaitForAsync();
        text = await window.TextAsync();
        Assert.All(["olga", "new watermark " + Script, "1 skipped", "2 of 2 clean", "dashboard-", "image servers are left cold"], wanted => Assert.Contains(wanted, text, StringComparison.Ordinal));
        Assert.Equal(0, await window.Button("Cancel…").CountAsync());
        Assert.Empty(await Axe.ViolationsAsync(window.Page));

        await window.GoAsync("/purges");
        await window.Page.GetByText("new watermark " + Script).First.WaitForAsync();
        Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        Assert.Equal(0, await window.Page.Locator("main script").CountAsync());
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Form_that_is_sent_twice_begins_one_purge()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();
        await FillInAsync(window, $"{id}");
        await window.Button("Look first").ClickAsync();
        await window.Button("Purge 1 asset").WaitForAsync();
        var key = (await window.Page.Locator("input[name=key]").GetAttributeAsync("value"))!;

        (string, string)[] fields = [("ids", $"{id}"), ("reason", "twice"), ("key", key)];
        var first = await Forged.PostAsync(window, "/purges", fields);
        var second = await Forged.PostAsync(window, "/purges", fields);

        Assert.Equal((302, 302), (first.Status, second.Status));
        Assert.Equal(first.Headers["location"], second.Headers["location"]);
        Assert.Single(await world.Api.PurgesAsync(), p => p.IdempotencyKey == key);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task List_in_a_file_is_added_and_stays_when_something_is_changed()
    {
        var (one, two) = (await world.PresentAsync(), await world.PresentAsync());
        await using var window = await world.OpenAsync();
        await FillInAsync(window, $"{one}");
        await window.Page.GetByLabel("A file").SetInputFilesAsync(new FilePayload { Name = "list.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes($"{two}\r\n{one}\r\n") });
        await window.Page.GetByLabel("copy them again first").CheckAsync();
        await window.Page.GetByLabel("tiles ").First.CheckAsync();

        await window.Button("Look first").ClickAsync();
        await window.Button("Purge 2 assets").WaitForAsync();
        await window.Button("Change").ClickAsync();

        await window.Button("Look first").WaitForAsync();
        Assert.Equal([$"{one}", $"{two}", $"{one}"], (await window.Page.GetByLabel("Ids, one a line").InputValueAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.True(await window.Page.GetByLabel("copy them again first").IsCheckedAsync());
        Assert.True(await window.Page.GetByLabel("tiles ").First.IsCheckedAsync());
        Assert.False(await window.Page.GetByLabel("fill their caches").IsCheckedAsync());
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("2/5/foo\n2/5", "", "line 2: asset id '2/5'")]
    [InlineData("", "", "say what to purge")]
    [InlineData("2/5/foo", "2", "not both")]
    [InlineData("", "x", "'x' is no number")]
    public async Task Form_that_makes_no_sense_says_why_and_keeps_what_was_filled_in(string ids, string customer, string reason)
    {
        await using var window = await world.OpenAsync();
        await FillInAsync(window, ids);
        await window.Page.GetByLabel("Customer", new() { Exact = true }).FillAsync(customer);

        await window.Button("Look first").ClickAsync();

        Assert.Contains(reason, await window.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(customer, await window.Page.GetByLabel("Customer", new() { Exact = true }).InputValueAsync());
        Assert.Equal(ids, await window.Page.GetByLabel("Ids, one a line").InputValueAsync());
    }

    [Theory]
    [InlineData(4_000_000)]
    [InlineData(70_000_000)]
    public async Task List_that_is_too_long_is_refused(int bytes)
    {
        await using var window = await world.OpenAsync();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, new string('#', bytes));
            await window.GoAsync("/purges/new");
            await window.Page.GetByLabel("A file").SetInputFilesAsync(file);

            await window.Button("Look first").ClickAsync();

            await window.Page.GetByRole(AriaRole.Alert).GetByText(bytes < 10_000_000 ? "at most 3 MiB" : "too large").WaitForAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Operator_cancels_after_being_asked()
    {
        var id = await world.PresentAsync();
        world.Images.Node.Tasks.Script = task => task.Identifier?.Contains($"/{id.Space}/", StringComparison.Ordinal) ?? false ? new TaskFault { Status = 500 } : null;
        try
        {
            await using var window = await world.OpenAsync();
            await FillInAsync(window, $"{id}");
            await window.Button("Look first").ClickAsync();
            await window.Button("Purge 1 asset").ClickAsync();
            await window.Page.Locator("#targets .state.bad").WaitForAsync();
            Assert.Contains("500", await window.Page.Locator("#targets").InnerTextAsync(), StringComparison.Ordinal);

            await window.Link("Cancel…").ClickAsync();
            Assert.Contains("caches may go on serving", await window.TextAsync(), StringComparison.Ordinal);
            Assert.Empty(await Axe.ViolationsAsync(window.Page));
            await window.Button("Cancel the purge").ClickAsync();

            await window.Page.Locator("#title").GetByText("cancelled").WaitForAsync();
            Assert.NotNull((await world.SettledAsync(id)).Purge!.CancelledAt);
            window.AssertNothingWrong();
        }
        finally
        {
            world.Images.Node.Tasks.Script = _ => null;
        }
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey)]
    [InlineData(DashboardWorld.PublishKey)]
    public async Task Role_that_may_not_sees_no_button_and_is_refused(string key)
    {
        var id = await world.PresentAsync();
        var purge = await world.Api.BeginPurgeAsync(new PurgeRequest(Ids: [id], Warm: false));
        await using var window = await world.OpenAsync(key);

        foreach (var path in (string[])["/purges", $"/purges/{purge.Id}"])
        {
            await window.GoAsync(path);
            Assert.Equal(0, await window.Page.Locator("main button, main .button, main form").CountAsync());
        }

        foreach (var path in (string[])["/purges", "/purges/preview", "/purges/new", $"/purges/{purge.Id}/cancel"])
            Assert.Equal(403, (await Forged.PostAsync(window, path, ("ids", $"{id}"), ("customer", ""))).Status);
        foreach (var path in (string[])["/purges/new", $"/purges/{purge.Id}/cancel"])
            Assert.Equal(403, await window.GoAsync(path));
        await Eventually.TrueAsync(async () => (await world.Api.PurgeAsync(purge.Id)) is { Done: 1, CancelledAt: null }, "done, and not cancelled");
    }

    [Fact]
    public async Task Purge_that_was_never_begun_is_not_found()
    {
        await using var window = await world.OpenAsync();

        Assert.Equal(404, await window.GoAsync($"/purges/{Guid.NewGuid()}"));
        Assert.Equal(404, await window.GoAsync($"/plans/actions/{Guid.NewGuid()}"));
    }

    private static async Task FillInAsync(BrowserWindow window, string ids)
    {
        await window.GoAsync("/purges");
        await window.Link("New purge…").ClickAsync();
        await window.Page.GetByLabel("Ids, one a line").FillAsync(ids);
        await window.Page.GetByLabel("fill their caches").UncheckAsync();
        await window.Page.GetByLabel("Reason").FillAsync("new watermark " + Script);
    }
}
