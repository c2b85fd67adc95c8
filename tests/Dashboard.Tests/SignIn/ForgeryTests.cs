using Microsoft.Playwright;
using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;

namespace Understudy.Dashboard.Tests.SignIn;

[Collection(nameof(DashboardWorld))]
public sealed class ForgeryTests(DashboardWorld world)
{
    [Fact]
    public async Task Post_without_a_token_is_refused()
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync();

        foreach (var path in (string[])[
            "/plans/retry", "/plans/drop", "/plans/one", "/purges", "/purges/preview", $"/purges/{Guid.Empty}/cancel", "/store/scavenge", "/store/pin", "/store/unpin",
            $"{DashboardWorld.PathOf(id)}/delete", $"{DashboardWorld.PathOf(id)}/ensure", "/sign-out", "/sign-in",
        ])
        {
            var bare = await PostAsync(window, path, []);
            Assert.True(bare.Status == 400, $"{path}: {bare.Status}");
            var wrong = await PostAsync(window, path, new() { ["__RequestVerificationToken"] = "CfDJ8" });
            Assert.True(wrong.Status == 400, $"{path}: {wrong.Status}");
        }

        Assert.NotNull((await world.Api.FindAsync(id))!.Copy);
    }

    [Fact]
    public async Task Post_without_a_token_is_refused_also_where_nobody_signs_in()
    {
        await using var open = await CopyWorld.StartAsync(world.Postgres, "Dashboard:Enabled=true");
        await using var window = await world.Browser.OpenAsync(open.Worker.Address);
        Assert.Equal(200, await window.GoAsync("/"));
        Assert.Contains("local (operate)", await window.TextAsync(), StringComparison.Ordinal);

        var answer = await window.Context.APIRequest.PostAsync($"{open.Worker.Address}assets/1/1/a/ensure", new() { Form = window.Context.APIRequest.CreateFormData() });

        Assert.Equal(400, answer.Status);
        Assert.Null(await open.Worker.Api.FindAsync(AssetId.Parse("1/1/a")));
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey, "ensure")]
    [InlineData(DashboardWorld.ReadKey, "delete")]
    [InlineData(DashboardWorld.PublishKey, "delete")]
    [InlineData(DashboardWorld.PublishKey, "purge")]
    [InlineData(DashboardWorld.PublishKey, "pin")]
    public async Task Post_by_a_role_that_may_not_is_refused_by_the_API(string key, string verb)
    {
        var id = await world.PresentAsync();
        await using var window = await world.OpenAsync(key);

        var answer = await Forged.PostAsync(window, $"{DashboardWorld.PathOf(id)}/{verb}");

        Assert.Equal(403, answer.Status);
        Assert.Contains("may not", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.NotNull((await world.Api.FindAsync(id))!.Copy);
    }

    [Theory]
    [InlineData(DashboardWorld.ReadKey, "/schedules/audit/run")]
    [InlineData(DashboardWorld.PublishKey, "/schedules/audit/run")]
    [InlineData(DashboardWorld.ReadKey, "/schedules/audit/stop")]
    [InlineData(DashboardWorld.ReadKey, "/schedules/audit/disable")]
    [InlineData(DashboardWorld.ReadKey, "/schedules/audit/reset")]
    [InlineData(DashboardWorld.ReadKey, "/schedules/audit", "cron=* * * * *", "timeZone=UTC")]
    [InlineData(DashboardWorld.PublishKey, "/schedules/audit", "cron=* * * * *", "timeZone=UTC")]
    [InlineData(DashboardWorld.ReadKey, "/warmings", "customer=3")]
    [InlineData(DashboardWorld.PublishKey, "/warmings", "customer=3")]
    [InlineData(DashboardWorld.ReadKey, "/warmings/01a20507-f4a8-7aed-b512-e3d18ba81ffd/cancel")]
    public async Task Post_that_steers_the_worker_is_refused_for_a_role_that_may_not(string key, string path, params string[] fields)
    {
        await using var window = await world.OpenAsync(key);
        await window.GoAsync("/");
        var token = await window.Page.Locator("input[name=__RequestVerificationToken]").First.GetAttributeAsync("value");
        var form = fields.Select(f => f.Split('=')).ToDictionary(f => f[0], f => f[1]);

        Assert.Equal(400, (await PostAsync(window, path, form)).Status);
        var answer = await PostAsync(window, path, new(form) { ["__RequestVerificationToken"] = token! });

        Assert.Equal(403, answer.Status);
        Assert.Contains("may not", await answer.TextAsync(), StringComparison.Ordinal);
        var audit = (await world.Api.SchedulesAsync()).Single(s => s.Name == "audit");
        Assert.Equal((ScheduleSource.Default, true, false, null), (audit.Source, audit.Enabled, audit.Wanted, audit.Running));
    }

    private Task<IAPIResponse> PostAsync(BrowserWindow window, string path, Dictionary<string, string> fields)
    {
        var form = window.Context.APIRequest.CreateFormData();
        foreach (var (name, value) in fields)
            form.Append(name, value);
        return window.Context.APIRequest.PostAsync(new Uri(world.Address, path).ToString(), new() { Form = form, MaxRedirects = 0 });
    }
}
