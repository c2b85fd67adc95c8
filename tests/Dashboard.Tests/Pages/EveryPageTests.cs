using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Dashboard.Tests.Pages;

/// <summary>What holds for all pages.</summary>
[Collection(nameof(DashboardWorld))]
public sealed class EveryPageTests(DashboardWorld world)
{
    private const string Script = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    public async Task Page_is_accessible_and_asks_nobody_else(bool isDark, int width)
    {
        var id = await world.PresentAsync();
        await world.Api.BeginWarmingAsync(new WarmingRequest(id.Customer, id.Space));
        await using var window = await world.OpenAsync(isDark: isDark, width: width);
        var failures = new List<string>();

        foreach (var path in AllPages.Of(id).Prepend("/assets/0/0/unheard"))
        {
            await window.GoAsync(path);
            failures.AddRange((await Axe.ViolationsAsync(window.Page)).Select(v => $"{path}: {v}"));
            if (await window.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))
                failures.Add($"{path}: wider than the window");
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.DoesNotContain(window.Wrong, w => !w.Contains("unheard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sign_in_is_accessible()
    {
        foreach (var isDark in (bool[])[false, true])
        {
            await using var window = await world.OpenAsync(key: null, isDark: isDark);
            await window.GoAsync("/sign-in");
            Assert.Empty(await Axe.ViolationsAsync(window.Page));
            window.AssertNothingWrong();
        }
    }

    [Fact]
    public async Task Page_has_the_headers_that_keep_others_out()
    {
        await using var window = await world.OpenAsync();

        foreach (var path in AllPages.Of(await world.PresentAsync()))
        {
            var headers = (await window.Page.GotoAsync(path))!.Headers;
            Assert.Contains("default-src 'none'", headers["content-security-policy"], StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", headers["content-security-policy"], StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", headers["content-security-policy"], StringComparison.Ordinal);
            Assert.Equal("nosniff", headers["x-content-type-options"]);
            Assert.Contains("no-store", headers["cache-control"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Markup_in_ids_reasons_and_answers_is_text()
    {
        // The asset part of an id may hold anything but a slash.
        var hostile = AssetId.Parse($"3/{world.NewAsset().Space}/{Script.Replace("/", "", StringComparison.Ordinal)}");
        await world.Api.SendAsync([new AssetIngested { Id = hostile, Source = $"s3://pics/{Script}" }]);
        await world.SettledAsync(hostile);
        var spoilt = world.NewAsset();
        world.Images.Node.Script = CantaloupeScript.Url($"%2F{spoilt.Space}%2F{spoilt.Asset}", _ => CantaloupeFault.SaysInstead(Script));
        try
        {
            await world.IngestAsync(spoilt);
            await world.SettledAsync(spoilt);
            await using var window = await world.OpenAsync();

            foreach (var path in (string[])[$"/assets?customer=3&space={hostile.Space}", $"/assets?id={Uri.EscapeDataString(Script)}", DashboardWorld.PathOf(hostile), DashboardWorld.PathOf(spoilt)])
            {
                await window.GoAsync(path);
                Assert.False(await window.Page.EvaluateAsync<bool>("() => 'hacked' in window"), path);
                Assert.Equal(0, await window.Page.Locator("main script, main img[onerror]").CountAsync());
            }

            Assert.Contains("<img src=x onerror=", await window.TextAsync(), StringComparison.Ordinal);
            await window.GoAsync(DashboardWorld.PathOf(hostile));
            Assert.Contains(hostile.Asset, await window.TextAsync(), StringComparison.Ordinal);
        }
        finally
        {
            world.Images.Node.Script = CantaloupeScript.None;
        }
    }

    [Fact]
    public async Task Page_is_readable_without_script()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync(hasScript: false);

        foreach (var path in AllPages.Of(id))
        {
            Assert.Equal(200, await window.GoAsync(path));
            Assert.True(await window.Page.Locator("h1").IsVisibleAsync());
        }

        await window.GoAsync(DashboardWorld.PathOf(id));
        await window.Button("Refresh").ClickAsync();
        await window.Page.GetByText("Its source is looked at again.").WaitForAsync();
    }
}
