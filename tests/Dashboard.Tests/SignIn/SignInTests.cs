using System.Net;
using Microsoft.Playwright;
using Understudy.Dashboard.Tests.TestKit;

namespace Understudy.Dashboard.Tests.SignIn;

[Collection(nameof(DashboardWorld))]
public sealed class SignInTests(DashboardWorld world)
{
    [Fact]
    public async Task Page_without_a_key_leads_to_the_sign_in_and_back()
    {
        await using var window = await world.OpenAsync(key: null);

        await window.GoAsync("/assets?customer=3&state=dead");
        await window.Page.GetByLabel("API key").FillAsync(DashboardWorld.ReadKey);
        await window.Button("Sign in").ClickAsync();

        await window.ArriveAsync("/assets?customer=3&state=dead");
        Assert.Contains("rita (read)", await window.TextAsync(), StringComparison.Ordinal);
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("reader-0123456789abcdeX")]
    [InlineData("no key at all")]
    [InlineData("ключ")]
    public async Task Wrong_key_is_refused_and_the_field_stays(string key)
    {
        await using var window = await world.OpenAsync(key: null);
        await window.GoAsync("/sign-in");

        await window.Page.GetByLabel("API key").FillAsync(key);
        await window.Button("Sign in").ClickAsync();

        Assert.Contains("no such key", await window.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(await window.Context.CookiesAsync(), c => c.Name == "understudy");
    }

    [Fact]
    public async Task Cookie_is_for_this_site_only_and_hides_the_key()
    {
        await using var window = await world.OpenAsync(DashboardWorld.OperateKey);

        var cookie = (await window.Context.CookiesAsync()).Single(c => c.Name == "understudy");

        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.DoesNotContain("operator", cookie.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_knows_nothing_of_the_cookie()
    {
        await using var window = await world.OpenAsync(DashboardWorld.OperateKey);

        Assert.Equal(401, await window.GoAsync("/api/v1/store"));
        Assert.Equal(401, (await window.Context.APIRequest.DeleteAsync($"{world.Address}api/v1/assets/3/1/foo")).Status);
    }

    [Fact]
    public async Task Signed_out_somebody_is_out()
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        await window.GoAsync("/");
        await window.Button("Sign out").ClickAsync();
        await window.Page.GetByLabel("API key").WaitForAsync();
        await window.GoAsync("/assets");

        await window.Page.GetByLabel("API key").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("https://elsewhere.example/")]
    public async Task Sign_in_leads_to_no_other_site(string back)
    {
        await using var window = await world.OpenAsync(key: null);
        await window.GoAsync($"/sign-in?return={Uri.EscapeDataString(back)}");

        await window.Page.GetByLabel("API key").FillAsync(DashboardWorld.ReadKey);
        await window.Button("Sign in").ClickAsync();

        await window.Button("Sign out").WaitForAsync();
        Assert.Equal(world.Address.ToString(), window.Page.Url);
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Every_page_wants_a_key()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = world.Address };

        foreach (var path in AllPages.Of(await world.PresentAsync()))
        {
            using var response = await http.GetAsync(path);
            Assert.True(response.StatusCode == HttpStatusCode.Redirect && response.Headers.Location!.ToString().StartsWith("/sign-in", StringComparison.Ordinal), $"{path}: {response.StatusCode}");
        }
    }
}
