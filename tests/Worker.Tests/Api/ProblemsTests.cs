using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Understudy.Api;
using Understudy.Api.Keys;
using Understudy.Contracts;

namespace Understudy.Worker.Tests.Api;

public class ProblemsTests
{
    private const string Good = """{"type":"AssetIngested","id":"2/5/foo","source":"s3://b/k"}""";

    [Theory]
    [InlineData("[", "the body is not valid JSON at line 1, byte 2: ")]
    [InlineData("[{]", "the body is not valid JSON at line 1, byte 3: ")]
    [InlineData("""[{"type":"AssetIngested","id":"2/x/foo"}]""", "[0].id: space 'x' must be a whole number from 0 to 2147483647")]
    [InlineData("""[{"type":"AssetIngested","id":7}]""", "[0].id: an asset id is a string or an object")]
    [InlineData("""[{"type":"AssetIngested","id":"2/5/foo","sorce":"x"}]""", """[0].sorce has no member "sorce"; AssetIngested has """)]
    [InlineData("""[{"type":"AssetIngested"}]""", """[0] lacks "id", which AssetIngested must have""")]
    [InlineData("""[{"type":"AssetEaten","id":"2/5/foo"}]""", """[0] has the type "AssetEaten"; it must be one of InfoJsonRequested, AssetIngested""")]
    [InlineData("""[{"id":"2/5/foo"}]""", """[0] has no "type"; it must be one of InfoJsonRequested""")]
    [InlineData("""[{"type":"AssetIngested","id":"2/5/foo","lane":"fast"}]""", "[0].lane can't be read; it must be one of waiting, hit, ingest, ahead, bulk")]
    [InlineData("""[{"type":"AssetIngested","id":"2/5/foo","at":"today"}]""", "[0].at can't be read; it must be a time such as")]
    [InlineData("""{"id":"2/5/foo"}""", "the body can't be read; it must be an array")]
    public async Task A_bad_body_is_400_that_names_field_value_and_rule(string body, string detail)
    {
        var (status, problem) = await PostAsync("/events", body);
        Assert.Equal(400, status);
        Assert.StartsWith(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Understudy.Contracts", problem.GetRawText(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
    }

    [Fact]
    public async Task A_good_body_passes() => Assert.Equal(200, (await PostAsync("/events", $"[{Good}]")).Status);

    [Fact]
    public async Task A_bad_query_names_parameter_and_value()
    {
        var (status, problem) = await PostAsync("/numbers?customer=abc", "");
        Assert.Equal(400, status);
        Assert.Equal("customer is 'abc'; it must be a whole number", problem.GetProperty("detail").GetString());
        (_, problem) = await PostAsync("/numbers", "");
        Assert.Equal("customer is missing; it must be a whole number in the query string", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_media_type_is_415()
    {
        var (status, problem) = await PostAsync("/events", "x", "text/plain");
        Assert.Equal(415, status);
        Assert.Equal(415, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        await using var worker = await RunningWorker.StartAsync(map: Map);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new StreamContent(new ClaimedLength(65L << 20)), Headers = { ExpectContinue = true } };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await worker.Http.SendAsync(request);
        Assert.Equal(413, (int)response.StatusCode);
        Assert.Contains("64 MiB", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_exception_is_500_with_a_trace_id_and_no_internals()
    {
        await using var worker = await RunningWorker.StartAsync(map: Map);
        using var response = await worker.Http.PostAsync("/boom", null);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(500, (int)response.StatusCode);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Contains("traceId", body, StringComparison.Ordinal);
        Assert.Contains(worker.Warnings, w => w.Contains("secret detail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Results_made_by_hand_look_the_same()
    {
        var (status, problem) = await PostAsync("/byhand", "");
        Assert.Equal(400, status);
        Assert.Equal("wait is 'x'; it must be a time", problem.GetProperty("detail").GetString());
        Assert.Equal("Bad Request", problem.GetProperty("title").GetString());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
    }

    private static async Task<(int Status, JsonElement Body)> PostAsync(string path, string body, string type = "application/json")
    {
        await using var worker = await RunningWorker.StartAsync(map: Map);
        using var response = await worker.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, type));
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, JsonDocument.Parse(text.Length == 0 ? "null" : text).RootElement);
    }

    private static void Map(WebApplication app)
    {
        var api = app.MapGroup("").RequireOperate();
        api.MapPost("/events", (AssetEvent[] events) => events.Length);
        api.MapPost("/numbers", (int customer) => customer);
        api.MapPost("/boom", string () => throw new InvalidOperationException("secret detail"));
        api.MapPost("/byhand", () => Problems.Invalid("wait", "x", "must be a time"));
    }

    private sealed class ClaimedLength(long length) : MemoryStream
    {
        public override long Length => length;

        public override bool CanSeek => true;
    }
}
