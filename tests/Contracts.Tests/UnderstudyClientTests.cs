using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Understudy.Contracts.Tests;

/// <summary>Against a server that writes down what it was asked and answers what the test says.</summary>
public sealed class UnderstudyClientTests : IAsyncLifetime
{
    private const string View =
        """{"id":"2/5/foo","state":"pending","generation":3,"use":{"hits":7},"history":[],"plan":{"goal":"present","stage":"copy","lane":"bulk","attempts":1,"fault":"noRoom","reason":"full","dueAt":"2026-11-22T07:00:00Z","reservedBytes":5,"createdAt":"2026-11-22T06:00:00Z"}}""";

    private static readonly AssetId Id = AssetId.Parse("2/5/foo");
    private readonly HttpClient _http = new();
    private WebApplication _server = null!;
    private UnderstudyClient _client = null!;
    private string _asked = "", _body = "";
    private (int Status, string Body) _answer = (200, View);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            _asked = $"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}";
            _body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            context.Response.StatusCode = _answer.Status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(_answer.Body);
        });
        await _server.StartAsync();
        _http.BaseAddress = new Uri(_server.Urls.Single() + "/");
        _client = new UnderstudyClient(_http);
    }

    [Fact]
    public async Task Events_go_out_as_an_array_with_their_types()
    {
        _answer = (202, """{"events":2,"assets":1}""");

        var accepted = await _client.SendAsync([new InfoJsonRequested { Id = Id }, new AssetIngested { Id = Id, Lane = Lane.Ahead }]);

        Assert.Equal(new EventsAccepted(2, 1), accepted);
        Assert.Equal("POST /api/v1/events", _asked);
        Assert.Equal("""[{"type":"InfoJsonRequested","id":"2/5/foo"},{"type":"AssetIngested","lane":"ahead","id":"2/5/foo"}]""", _body);
    }

    [Fact]
    public async Task Asset_is_read_whole()
    {
        var view = (await _client.FindAsync(Id))!;

        Assert.Equal((Id, AssetState.Pending, 3, 7), (view.Id, view.State, view.Generation, view.Use.Hits));
        Assert.Equal((Goal.Present, Lane.Bulk, Fault.NoRoom, "full", 5), (view.Plan!.Goal, view.Plan.Lane, view.Plan.Fault, view.Plan.Reason, view.Plan.ReservedBytes));
    }

    [Theory]
    [InlineData(0, "0s"), InlineData(10_000, "10s"), InlineData(1_500, "1.5s"), InlineData(0.01, "0.00001s")]
    public async Task Wait_is_written_in_plain_seconds(double milliseconds, string wait)
    {
        await _client.EnsureAsync(Id, TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal($"PUT /api/v1/assets/2/5/foo?wait={wait}", _asked);
    }

    [Fact]
    public async Task Each_call_goes_to_its_route()
    {
        await _client.RefreshAsync(Id);
        Assert.Equal("POST /api/v1/assets/2/5/foo/refresh", _asked);
        await _client.RetryAsync(Id);
        Assert.Equal("POST /api/v1/assets/2/5/foo/retry", _asked);
        await _client.DeleteAsync(Id);
        Assert.Equal("DELETE /api/v1/assets/2/5/foo", _asked);
        _answer = (200, """{"root":"/s","copies":1,"usedBytes":2,"reservedBytes":3,"retiredBytes":4,"fileSystemFreeBytes":5,"minFreeBytes":6}""");
        Assert.Equal(new StoreView("/s", 1, 2, 3, 4, null, 5, 6), await _client.StoreAsync());
        Assert.Equal("GET /api/v1/store", _asked);
        _answer = (200, """[{"lane":"bulk","state":"dead","plans":2,"oldestDueAt":null}]""");
        Assert.Equal([new PlanCount(Lane.Bulk, AssetState.Dead, 2, null)], await _client.PlansAsync());
        Assert.Equal("GET /api/v1/plans", _asked);
        _answer = (200, """[{"id":"00000000-0000-0000-0000-000000000001","node":"n","processId":1,"startedAt":"2026-11-22T07:00:00Z","thisOne":true,"running":[{"id":"2/5/foo","stage":"copy","lane":"hit","doneBytes":1,"totalBytes":2}]}]""");
        Assert.Equal(new RunningView(Id, "copy", Lane.Hit, 1, 2), Assert.Single(Assert.Single(await _client.WorkersAsync()).Running));
        Assert.Equal("GET /api/v1/workers", _asked);
    }

    [Fact]
    public async Task Strange_characters_of_an_id_survive_the_url()
    {
        await _client.FindAsync(AssetId.Parse("2/5/a b?c#d%2Fé+e"));

        Assert.Equal("GET /api/v1/assets/2/5/a%20b%3Fc%23d%252F%C3%A9%2Be", _asked);
    }

    [Fact]
    public async Task List_asks_for_what_is_given_only()
    {
        _answer = (200, """{"items":[{"id":"2/5/foo","state":"present","bytes":10}],"next":"2/5/foo"}""");

        var page = await _client.ListAsync(customer: 2, state: AssetState.Dead, after: "2/5/a&b", limit: 5);

        Assert.Equal("GET /api/v1/assets?customer=2&state=dead&after=2%2F5%2Fa%26b&limit=5", _asked);
        Assert.Equal(("2/5/foo", 10), (page.Next, Assert.Single(page.Items).Bytes));
        await _client.ListAsync();
        Assert.Equal("GET /api/v1/assets", _asked);
    }

    [Fact]
    public async Task Asset_that_was_never_heard_of_is_null()
    {
        _answer = (404, """{"detail":"never heard of"}""");

        Assert.Null(await _client.FindAsync(Id));
    }

    [Theory]
    [InlineData(503, """{"title":"Service Unavailable","detail":"needs 5 bytes"}""", "needs 5 bytes")]
    [InlineData(500, """{"title":"Internal Server Error"}""", "Internal Server Error")]
    [InlineData(502, "<html>bad gateway</html>", "the worker answered 502 Bad Gateway")]
    [InlineData(401, "", "the worker answered 401 Unauthorized")]
    [InlineData(400, "[]", "the worker answered 400 Bad Request")]
    [InlineData(400, """{"detail":7}""", "the worker answered 400 Bad Request")]
    public async Task Refusal_is_told_with_its_status_and_reason(int status, string body, string message)
    {
        _answer = (status, body);

        var refusal = await Assert.ThrowsAsync<UnderstudyException>(() => _client.EnsureAsync(Id));

        Assert.Equal(((HttpStatusCode)status, message), (refusal.Status, refusal.Message));
    }

    [Fact]
    public async Task Answer_of_null_is_a_refusal()
    {
        _answer = (200, "null");

        await Assert.ThrowsAsync<UnderstudyException>(() => _client.EnsureAsync(Id));
    }

    [Fact]
    public async Task Members_that_a_newer_worker_adds_are_passed_over()
    {
        _answer = (200, View.Replace("\"state\"", "\"novelty\":{\"a\":1},\"state\"", StringComparison.Ordinal));

        Assert.Equal(AssetState.Pending, (await _client.FindAsync(Id))!.State);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
