using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Understudy.Api;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Hosting.Configuration;

namespace Understudy.Worker.Tests.Api.Keys;

public class KeysTests
{
    private static readonly string[] ThreeKeys =
    [
        .. RunningWorker.Key(0, "reader", "read-key-0123456789", "read"),
        .. RunningWorker.Key(1, "engine", "publish-key-0123456789", "publish"),
        .. RunningWorker.Key(2, "ops", "operate-key-0123456789", "operate"),
    ];

    [Theory]
    [InlineData("read", "read", 200)]
    [InlineData("read", "publish", 403)]
    [InlineData("read", "operate", 403)]
    [InlineData("read", "unmarked", 403)]
    [InlineData("publish", "read", 200)]
    [InlineData("publish", "publish", 200)]
    [InlineData("publish", "operate", 403)]
    [InlineData("operate", "read", 200)]
    [InlineData("operate", "publish", 200)]
    [InlineData("operate", "operate", 200)]
    [InlineData("operate", "unmarked", 200)]
    public async Task A_role_may_do_what_it_is_for_and_no_more(string role, string endpoint, int status)
    {
        await using var worker = await RunningWorker.StartAsync(ThreeKeys, Map);
        worker.Http.DefaultRequestHeaders.Authorization = new("Bearer", $"{role}-key-0123456789");
        using var response = await worker.Http.PostAsync($"/{endpoint}", null);
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 403)
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Contains("may not POST", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Contains(worker.Warnings, w => w.Contains($"Key {(role == "read" ? "reader" : "engine")} ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong-key-0123456789")]
    [InlineData("Bearer ")]
    [InlineData("Bearer operate-key-012345678")]
    [InlineData("Bearer OPERATE-KEY-0123456789")]
    [InlineData("Basic operate-key-0123456789")]
    public async Task A_missing_or_wrong_key_is_401_with_a_challenge_and_a_problem(string? authorization)
    {
        await using var worker = await RunningWorker.StartAsync(ThreeKeys, Map);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/read");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await worker.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(worker.Warnings, w => w.Contains("key-0", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(true, "anna%40example.org", "anna@example.org (ops)")]
    [InlineData(true, "J%C3%B6rg", "Jörg (ops)")]
    [InlineData(true, "a%0Ab", "ops")]
    [InlineData(true, "", "ops")]
    [InlineData(false, "anna", "ops")]
    public async Task Key_acts_for_others_only_where_it_may(bool may, string header, string name)
    {
        await using var worker = await RunningWorker.StartAsync(
            [.. RunningWorker.Key(0, "ops", "operate-key-0123456789", "operate"), $"--Api:Keys:0:ActsForOthers={may}"], app => app.MapCaller());
        worker.Http.DefaultRequestHeaders.Authorization = new("Bearer", "operate-key-0123456789");
        worker.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Understudy-User", header);

        Assert.Equal(new CallerView(name, Role.Operate, true), await new UnderstudyClient(worker.Http).MeAsync());
    }

    [Fact]
    public async Task Health_and_metrics_need_no_key_and_OpenApi_does()
    {
        await using var worker = await RunningWorker.StartAsync(ThreeKeys);
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await worker.Http.GetAsync("/openapi/v1.json")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("PUT", "/read", 405)]
    public async Task A_wrong_route_or_method_is_told_whatever_the_role(string method, string path, int status)
    {
        await using var worker = await RunningWorker.StartAsync(ThreeKeys, Map);
        worker.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "read-key-0123456789");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        Assert.Equal(status, (int)(await worker.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Without_keys_a_loopback_caller_may_do_all()
    {
        await using var worker = await RunningWorker.StartAsync(map: Map);
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.PostAsync("/operate", null)).StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0;http://*:0")]
    public async Task Without_keys_a_worker_that_others_can_reach_does_not_start(string urls)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => RunningWorker.StartAsync([$"--Urls={urls}"]));
        Assert.StartsWith("Api:Keys is not set; it must hold a key", Assert.Single(refused.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "Host", "evil.example", 403)]
    [InlineData("GET", "Host", "evil.example:8080", 403)]
    [InlineData("POST", "Host", "localhost", 200)]
    [InlineData("POST", "Host", "[::1]:8080", 200)]
    [InlineData("POST", "Origin", "https://evil.example", 403)]
    [InlineData("POST", "Origin", "null", 403)]
    [InlineData("POST", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("GET", "Sec-Fetch-Site", "cross-site", 405)]
    public async Task Without_keys_no_foreign_web_page_gets_in(string method, string header, string value, int status)
    {
        await using var worker = await RunningWorker.StartAsync(map: Map);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/operate");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(status, (int)(await worker.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task With_keys_any_host_name_will_do()
    {
        await using var worker = await RunningWorker.StartAsync(ThreeKeys, Map);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/read") { Headers = { Host = "iiif.example", Authorization = new("Bearer", "read-key-0123456789") } };
        Assert.Equal(HttpStatusCode.OK, (await worker.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Short_keys_and_names_or_keys_used_twice_are_refused_without_being_shown()
    {
        string[] settings =
        [
            .. RunningWorker.Key(0, "a", "tooshort", "read"),
            .. RunningWorker.Key(1, "b", "0123456789abcdef", "read"),
            .. RunningWorker.Key(2, "B", "0123456789abcdef", "boss"),
        ];
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => RunningWorker.StartAsync(settings));
        Assert.Equal(
            [
                "Api:Keys:0:Key is '***'; it must be at least 16 characters long, printable ASCII without spaces",
                "Api:Keys:2:Key is '***'; it must be another key than those before it",
                "Api:Keys:2:Name is 'B'; it must be another name than those of the keys before it",
                "Api:Keys:2:Role is 'boss'; it must be one of Read, Publish, Operate",
            ],
            refused.Errors.Order(StringComparer.Ordinal));
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/read", () => "ok").RequireRead();
        app.MapPost("/publish", () => "ok").RequirePublish();
        app.MapPost("/operate", () => "ok").RequireOperate();
        app.MapPost("/unmarked", () => "ok");
    }
}
