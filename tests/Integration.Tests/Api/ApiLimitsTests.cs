using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

/// <summary>What depends on how the worker is set up.</summary>
public sealed class ApiLimitsTests(PostgresServer postgres)
{
    private const string Read = "read-key-of-16-characters", Publish = "publish-key-of-16-characters", Operate = "operate-key-of-16-characters";

    [Fact]
    public async Task Store_without_room_is_503_with_the_numbers_and_when_to_come_again()
    {
        await using var world = await ApiWorld.StartAsync(postgres, "Storage:MaxBytes=1000", "Plans:RoomDelay=01:00:00");
        var (id, source) = world.NewAsset(bytes: 5_000);
        await world.Worker.IngestAsync(id, source);

        using var response = await world.SendAsync(HttpMethod.Put, $"/api/v1/assets/{id}?wait=1m");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Contains("needs 5000 bytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await world.Worker.Api.FindAsync(id))!.Plan!.Attempts);
    }

    [Fact]
    public async Task Worker_of_a_newer_version_is_shown_beside_this_one()
    {
        await using var world = await ApiWorld.StartAsync(postgres);
        await world.Worker.QueryAsync<int>(
            """
            insert into worker (id, node, process_id, running)
            values (gen_random_uuid(), 'newer', 1, '[{"id":"7/1/a","stage":"copy","lane":"hit","doneBytes":1,"totalBytes":2,"novelty":3}]') returning 1
            """);

        var workers = await world.Worker.Api.WorkersAsync();

        Assert.Equal("copy", Assert.Single(workers.Single(w => w.Node == "newer").Running).Stage);
    }

    [Fact]
    public async Task Every_route_is_open_to_its_role_and_those_above_and_to_nobody_else()
    {
        await using var world = await WithKeysAsync();
        (HttpMethod Method, string Path, string? Body, int Role)[] routes =
        [
            (HttpMethod.Get, "/api/v1/assets", null, 0), (HttpMethod.Get, "/api/v1/assets/7/1/a", null, 0), (HttpMethod.Get, "/api/v1/store", null, 0),
            (HttpMethod.Get, "/api/v1/plans", null, 0), (HttpMethod.Get, "/api/v1/workers", null, 0), (HttpMethod.Get, "/openapi/v1.json", null, 0),
            (HttpMethod.Get, "/api/v1/plans/list?state=dead", null, 0), (HttpMethod.Get, "/api/v1/plans/count?state=dead", null, 0), (HttpMethod.Get, "/api/v1/plans/faults", null, 0),
            (HttpMethod.Get, "/api/v1/plans/actions", null, 0), (HttpMethod.Get, "/api/v1/usage", null, 0), (HttpMethod.Get, "/api/v1/copies?order=largest", null, 0),
            (HttpMethod.Get, "/api/v1/throughput", null, 0), (HttpMethod.Get, "/api/v1/configuration", null, 0),
            (HttpMethod.Post, "/api/v1/plans/retry", """{"filter":{}}""", 2), (HttpMethod.Post, "/api/v1/plans/drop", """{"filter":{}}""", 2),
            (HttpMethod.Delete, "/api/v1/assets/7/1/a/plan", null, 2), (HttpMethod.Post, "/api/v1/assets/7/1/a/evict", null, 2),
            (HttpMethod.Post, "/api/v1/events", """{"type":"AssetDeleted","id":"7/1/a"}""", 1), (HttpMethod.Put, "/api/v1/assets/7/1/a", null, 1), (HttpMethod.Get, "/iiif-img/7/1/a/info.json", null, 1),
            (HttpMethod.Delete, "/api/v1/assets/7/1/a", null, 2), (HttpMethod.Post, "/api/v1/assets/7/1/a/refresh", null, 2), (HttpMethod.Post, "/api/v1/assets/7/1/a/retry", null, 2),
        ];

        foreach (var route in routes)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, route.Method, route.Path, route.Body, null));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, route.Method, route.Path, route.Body, "wrong-key-of-16-characters"));
            foreach (var (role, key) in new[] { Read, Publish, Operate }.Index())
            {
                var status = await StatusAsync(world, route.Method, route.Path, route.Body, key);
                Assert.True((status == HttpStatusCode.Forbidden) == (role < route.Role) && status != HttpStatusCode.Unauthorized, $"{route.Method} {route.Path} with {key}: {status}");
            }
        }
    }

    [Fact]
    public async Task Engines_call_needs_no_key_where_that_is_allowed()
    {
        await using var world = await WithKeysAsync("Api:IngestCallWithoutKey=true");

        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(world, HttpMethod.Get, "/iiif-img/7/1/a/info.json", null, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(world, HttpMethod.Get, "/api/v1/assets/7/1/a", null, null));
    }

    private Task<ApiWorld> WithKeysAsync(params string[] settings) => ApiWorld.StartAsync(
        postgres,
        [
            "Api:Keys:0:Name=reader", $"Api:Keys:0:Key={Read}", "Api:Keys:0:Role=Read",
            "Api:Keys:1:Name=publisher", $"Api:Keys:1:Key={Publish}", "Api:Keys:1:Role=Publish",
            "Api:Keys:2:Name=operator", $"Api:Keys:2:Key={Operate}", "Api:Keys:2:Role=Operate",
            .. settings,
        ]);

    private static async Task<HttpStatusCode> StatusAsync(ApiWorld world, HttpMethod method, string path, string? body, string? key)
    {
        using var response = await world.SendAsync(method, path, body, key);
        return response.StatusCode;
    }
}
