using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Hosting.Dashboards;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.SignIn;

/// <summary>The dashboard by itself, in front of a worker elsewhere; alone, behind a path, and behind a proxy that people sign in to.</summary>
[Collection(nameof(DashboardWorld))]
public sealed class OwnProcessTests(DashboardWorld world) : IDisposable
{
    private readonly TempFolder _data = new();

    private static readonly string[] Proxy =
    [
        "Dashboard:Proxy:UserHeader=X-User", "Dashboard:Proxy:RoleHeader=X-Groups", "Dashboard:Proxy:Roles:iiif-ops=Operate", "Dashboard:Proxy:Roles:staff=Read",
        $"Dashboard:Proxy:OperateKey={DashboardWorld.ProxyKey}", $"Dashboard:Proxy:ReadKey={DashboardWorld.ReadKey}",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("/understudy")]
    public async Task Dashboard_behind_a_path_works_from_sign_in_to_sign_out(string path)
    {
        var id = await world.PresentAsync();
        await using var app = await StartAsync(world.Address, path.Length > 0 ? [$"Dashboard:PathBase={path}"] : []);
        await using var window = await world.Browser.OpenAsync(AddressOf(app));

        await window.GoAsync($"{path}/");
        await window.Page.GetByLabel("API key").FillAsync(DashboardWorld.OperateKey);
        await window.Button("Sign in").ClickAsync();
        await window.Link("Assets").ClickAsync();
        await window.Page.GetByLabel("Id").FillAsync($"{id}");
        await window.Button("Search").ClickAsync();
        await window.Button("Refresh").ClickAsync();
        await window.Page.GetByText("Its source is looked at again.").WaitForAsync();

        Assert.StartsWith($"{path}/assets/", new Uri(window.Page.Url).AbsolutePath, StringComparison.Ordinal);
        Assert.All((await window.Context.CookiesAsync()).Select(c => c.Path), p => Assert.Equal(path.Length > 0 ? path : "/", p));
        await window.Button("Sign out").ClickAsync();
        await window.Page.GetByLabel("API key").WaitForAsync();
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Person_whom_a_trusted_proxy_names_has_their_groups_role_and_is_named_in_records()
    {
        var id = await world.PresentAsync();
        await using var app = await StartAsync(world.Address, [.. Proxy, "Dashboard:Proxy:Addresses:0=127.0.0.0/8"]);
        await using var window = await world.Browser.OpenAsync(AddressOf(app));
        await window.Context.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["X-User"] = "anna@example.org", ["X-Groups"] = "staff, iiif-ops" });

        await window.GoAsync(DashboardWorld.PathOf(id) + "/pin");
        await window.Button("Pin").ClickAsync();
        await window.Page.GetByText("It is pinned").WaitForAsync();

        Assert.Contains("anna@example.org (operate)", await window.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("anna@example.org (proxy)", (await world.Api.PinsAsync()).Single(p => p.Scope == $"{id}").PinnedBy);
        Assert.Equal(0, await window.Button("Sign out").CountAsync());
        window.AssertNothingWrong();
    }

    [Theory]
    [InlineData("127.0.0.1", "bert", "staff", 200, "bert (read)")]
    [InlineData("127.0.0.1", "bert", "visitors", 403, "bert is in no group that may see this")]
    [InlineData("127.0.0.1", "bert", "iiif-ops-not", 403, "in no group")]
    [InlineData("127.0.0.1", "", "iiif-ops", 302, "")]
    [InlineData("10.0.0.7", "bert", "iiif-ops", 302, "")]
    public async Task Header_counts_from_the_proxy_only_and_for_known_groups_only(string trusted, string user, string groups, int status, string text)
    {
        await using var app = await StartAsync(world.Address, [.. Proxy, $"Dashboard:Proxy:Addresses:0={trusted}"]);
        using var http = Plain(app);
        http.DefaultRequestHeaders.Add("X-User", user);
        http.DefaultRequestHeaders.Add("X-Groups", groups);

        using var response = await http.GetAsync("/assets");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.7", false)]
    public async Task Prefix_and_https_are_believed_from_the_proxy_only(string trusted, bool isBelieved)
    {
        await using var app = await StartAsync(world.Address, [$"Dashboard:Proxy:Addresses:0={trusted}"]);
        using var http = Plain(app);
        http.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/ops");
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var response = await http.GetAsync("/sign-in");

        Assert.Equal(isBelieved, (await response.Content.ReadAsStringAsync()).Contains("href=\"/ops/look/", StringComparison.Ordinal));
        Assert.Equal(isBelieved, response.Headers.GetValues("Set-Cookie").Single().Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("//elsewhere.example")]
    [InlineData("/a/../b")]
    [InlineData("/\"><script>")]
    public async Task Prefix_that_is_no_path_is_passed_over(string prefix)
    {
        await using var app = await StartAsync(world.Address, ["Dashboard:Proxy:Addresses:0=127.0.0.1"]);
        using var http = Plain(app);
        http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Prefix", prefix);

        Assert.Contains("href=\"/look/", await http.GetStringAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_without_keys_is_shown_on_this_machine_only()
    {
        await using var open = await CopyWorld.StartAsync(world.Postgres);
        await using var app = await StartAsync(open.Worker.Address, []);
        using var http = Plain(app);

        Assert.Contains("local", await http.GetStringAsync("/"), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "rebound.example" } };
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    [Fact]
    public async Task Worker_that_is_away_is_said_to_be()
    {
        await using var app = await StartAsync(new Uri("http://127.0.0.1:1"), []);
        using var http = Plain(app);

        using var response = await http.GetAsync("/assets");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("The worker at http://127.0.0.1:1/ doesn&#x27;t answer", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_that_is_none_is_not_found()
    {
        await using var app = await StartAsync(world.Address, []);
        using var http = Plain(app);

        using var response = await http.GetAsync("/nowhere");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("There is nothing at /nowhere", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();

    private async Task<WebApplication> StartAsync(Uri api, string[] settings)
    {
        var app = DashboardHost.Create(["--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Error", $"--DataDirectory={_data.Path}", $"--Dashboard:Api={api}", .. settings.Select(s => "--" + s)]);
        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) => new(app.Urls.Single());

    private static HttpClient Plain(WebApplication app) => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = AddressOf(app) };
}
