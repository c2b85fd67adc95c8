using System.Net;
using System.Net.Http.Json;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

public sealed class EventsEndpointsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task One_event_is_taken_and_the_copy_made()
    {
        var (id, source) = world.NewAsset();

        Assert.Equal(new EventsAccepted(1, 1), await AcceptedAsync($$"""{"type":"AssetIngested","id":"{{id}}","source":"{{source}}"}"""));

        Assert.Equal(AssetState.Present, (await world.Worker.SettledAsync(id)).State);
    }

    [Fact]
    public async Task Many_events_are_taken_together_with_their_type_anywhere_and_ids_as_strings_or_objects()
    {
        var (id, source) = world.NewAsset();

        Assert.Equal(new EventsAccepted(5, 2), await AcceptedAsync(
            $$"""
            [
              {"type":"AssetIngested","id":"{{id}}","source":"{{source}}","at":"2020-01-01T00:00:00+02:00","lane":"bulk"},
              {"id":{"customer":{{id.Customer}},"space":{{id.Space}},"asset":"{{id.Asset}}"},"type":"InfoJsonRequested"},
              {"id":"{{id}}","at":"2020-01-02T00:00:00Z","type":"SourceUpdated"},
              {"type":"AssetDeleted","id":"7/2/elsewhere"},
              {"type":"AssetDeleted","id":"7/2/elsewhere"}
            ]
            """));

        var view = await world.Worker.SettledAsync(id);
        Assert.Equal((AssetState.Present, source, 1), (view.State, view.Source, view.Use.Hits));
    }

    [Theory]
    [InlineData("", "valid JSON")]
    [InlineData("nonsense", "valid JSON")]
    [InlineData("""[{"type":"AssetDeleted","id":"7/3/refused"}""", "valid JSON")]
    [InlineData("null", "event 0: null is no event")]
    [InlineData("""[{"type":"AssetDeleted","id":"7/3/refused"},null]""", "event 1: null is no event")]
    [InlineData("[]", "must be from 1 to 100000 in one call")]
    [InlineData("5", "an object (AssetEvent)")]
    [InlineData("\"7/3/refused\"", "an object (AssetEvent)")]
    [InlineData("{}", "no \"type\"")]
    [InlineData("""{"id":"7/3/refused"}""", "no \"type\"")]
    [InlineData("""{"type":"AssetDeleted"}""", "lacks \"id\"")]
    [InlineData("""{"type":"AssetVanished","id":"7/3/refused"}""", "AssetVanished")]
    [InlineData("""{"type":7,"id":"7/3/refused"}""", "type")]
    [InlineData("""{"type":"AssetDeleted","id":"7/3/refused","soruce":"s3://b/k"}""", "no member \"soruce\"")]
    [InlineData("""{"type":"AssetDeleted","id":"refused"}""", "3 parts, not 1")]
    [InlineData("""{"type":"AssetDeleted","id":null}""", "id")]
    [InlineData("""{"type":"AssetDeleted","id":"7/3/refused","at":"yesterday"}""", "a time such as")]
    [InlineData("""{"type":"AssetIngested","id":"7/3/refused","lane":"fast"}""", "one of waiting, hit, ingest, ahead, bulk")]
    [InlineData("""{"type":"AssetIngested","id":"7/3/refused","lane":4}""", "one of waiting, hit, ingest, ahead, bulk")]
    [InlineData("""{"type":"AssetIngested","id":"7/3/refused","lane":"waiting"}""", "event 0: lane 'waiting'")]
    [InlineData("""[{"type":"AssetDeleted","id":"7/3/refused"},{"type":"SourceUpdated","id":"7/3/refused","source":""}]""", "event 1: source must not be empty")]
    [InlineData("""{"type":"SourceUpdated","id":"7/3/refused","source":"s3://b/\u0000"}""", "control characters")]
    [InlineData("""{"type":"SourceUpdated","id":"7/3/refused","source":"s3://b/\ud800"}""", "source")]
    [InlineData("""{"type":"SourceUpdated","id":"7/3/\ud800"}""", "id")]
    public async Task Body_that_is_no_event_is_refused_with_the_reason_and_nothing_of_it_is_taken(string body, string because)
    {
        Assert.Contains(because, await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/v1/events", body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await world.SendAsync(HttpMethod.Get, "/api/v1/assets/7/3/refused")).StatusCode);
    }

    [Fact]
    public async Task Body_that_is_no_utf8_is_refused()
    {
        using var content = new ByteArrayContent([.. """{"type":"AssetDeleted","id":"7/3/"""u8, 0xFF, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await world.Http.PostAsync("/api/v1/events", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Too_many_events_are_refused_with_the_limit()
    {
        var body = $"[{string.Join(',', Enumerable.Repeat("""{"type":"AssetDeleted","id":"7/3/refused"}""", 100_001))}]";

        Assert.Contains("from 1 to 100000", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/v1/events", body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Engines_call_after_an_ingest_is_an_ingest()
    {
        using var response = await world.SendAsync(HttpMethod.Get, "/iiif-img/7/4/shim/info.json");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(new EventsAccepted(1, 1), await response.Content.ReadFromJsonAsync<EventsAccepted>(Wire.Json));
        Assert.Equal("ingested", (await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/v1/assets/7/4/shim")).History[^1].What);
        Assert.Contains("%2F", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/iiif-img/7/4/a%2Fb/info.json"), StringComparison.Ordinal);
    }

    private async Task<EventsAccepted> AcceptedAsync(string body)
    {
        using var response = await world.SendAsync(HttpMethod.Post, "/api/v1/events", body);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<EventsAccepted>(Wire.Json))!;
    }
}
