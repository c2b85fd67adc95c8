using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Understudy.Aws;

namespace Understudy.Worker.Tests.Aws;

/// <summary>What goes over the wire, and how the answers that AWS documents are taken.</summary>
public sealed class AwsHttpTests : IAsyncLifetime
{
    private const string Throttled = """{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slow down"}""";

    private readonly ConcurrentQueue<(string? ContentType, string Target, string Authorization, string Date)> _seen = new();
    private readonly Queue<(int Status, string Body, Action<HttpResponse>? Adorn)> _answers = new();
    private WebApplication _server = null!;
    private AwsHttp _http = null!;
    private SqsClient _sqs = null!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
        _http = new AwsHttp(TimeProvider.System);
        _sqs = new SqsClient(_http, new AwsOptions { ServiceUrl = _server.Urls.Single(), Region = "eu-west-1" });
    }

    /// <summary>Computed here from AWS's description of Signature Version 4, with nothing of the SDK.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("session-token/with+signs==")]
    [InlineData(null, "POST", "/2020-05-31/distribution/E1/invalidation")]
    [InlineData(null, "GET", "/2020-05-31/distribution/E1/invalidation/I2")]
    public void Signature_is_what_version_4_of_the_protocol_asks_for(string? token, string method = "POST", string path = "/")
    {
        var call = new AwsCall(new AwsEndpoint(new Uri("https://sqs.eu-west-1.amazonaws.com"), "eu-west-1", "sqs"), "application/x-amz-json-1.0",
            method == "GET" ? [] : """{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/123/ü"}"""u8.ToArray(), [("X-Amz-Target", "AmazonSQS.ReceiveMessage")])
        {
            Method = new HttpMethod(method), Path = path,
        };
        var configuration = new AmazonS3Config { ServiceURL = call.Endpoint.Address.ToString(), AuthenticationRegion = "eu-west-1", AuthenticationServiceName = "sqs" };
        var now = new DateTime(2026, 11, 22, 7, 8, 9, DateTimeKind.Utc);

        using var request = AwsHttp.Sign(new AWS4Signer(), configuration, call, new ImmutableCredentials("AKID", "secret", token), now);

        var said = request.Headers.GetValues("Authorization").Single();
        var names = said.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        Assert.Contains("host", names);
        Assert.Contains("x-amz-target", names);
        Assert.Equal(token is not null, names.Contains("x-amz-security-token"));
        var values = names.Select(n => $"{n}:{Header(request, n)}\n");
        var canonical = $"{method}\n{path}\n\n{string.Concat(values)}\n{string.Join(';', names)}\n{Convert.ToHexStringLower(SHA256.HashData(call.Body))}";
        var toSign = $"AWS4-HMAC-SHA256\n20261122T070809Z\n20261122/eu-west-1/sqs/aws4_request\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { "20261122", "eu-west-1", "sqs", "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4secret"), (k, part) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(part)));
        Assert.EndsWith($"Signature={Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)))}", said, StringComparison.Ordinal);
        Assert.Equal((method, path), (request.Method.Method, request.RequestUri!.PathAndQuery));
        Assert.Contains("Credential=AKID/20261122/eu-west-1/sqs/aws4_request", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_is_json_1_0_with_the_action_in_its_target()
    {
        Answer(200, """{"QueueUrl":"http://q"}""");

        Assert.Equal("http://q", await _sqs.FindUrlAsync("queue", CancellationToken.None));

        var request = _seen.Single();
        Assert.Equal(("application/x-amz-json-1.0", "AmazonSQS.GetQueueUrl"), (request.ContentType, request.Target));
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=test/", request.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_has_its_code_its_message_and_what_to_do()
    {
        Answer(400, """{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"}""");
        var missing = await FailAsync();
        Answer(403, """{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not allowed"}""");
        var denied = await FailAsync();

        Assert.True(missing.IsMissingQueue);
        Assert.Equal("SQS GetQueueUrl: 400 QueueDoesNotExist: no such queue", missing.Message);
        Assert.Contains("policy", denied.Advice, StringComparison.Ordinal);
        Assert.Equal(2, _seen.Count);
    }

    [Fact]
    public async Task Error_without_a_body_takes_its_code_from_the_header()
    {
        Answer(400, "", response => response.Headers["x-amzn-query-error"] = "AWS.SimpleQueueService.NonExistentQueue;Sender");

        Assert.True((await FailAsync()).IsMissingQueue);
    }

    [Fact]
    public async Task Page_of_a_proxy_is_an_error_with_its_status()
    {
        for (var i = 0; i < 4; i++)
            Answer(502, "<html>Bad gateway</html>");

        var failure = await FailAsync();

        Assert.Equal((HttpStatusCode.BadGateway, true, 4), (failure.Status!.Value, failure.MayPass, _seen.Count));
    }

    [Theory]
    [InlineData("<html>Please sign in</html>")]
    [InlineData("{}")]
    [InlineData("""{"QueueUrl":5}""")]
    public async Task Answer_that_is_not_the_services_may_pass_and_breaks_nothing(string body)
    {
        Answer(200, body);

        Assert.True((await FailAsync()).MayPass);
    }

    [Fact]
    public async Task Throttling_is_tried_again()
    {
        Answer(400, Throttled);
        Answer(429, "");
        Answer(200, """{"QueueUrl":"http://q"}""");

        Assert.Equal("http://q", await _sqs.FindUrlAsync("queue", CancellationToken.None));
    }

    [Fact]
    public async Task Clock_that_is_off_is_mended_by_the_services_time()
    {
        var theirs = TimeProvider.System.GetUtcNow().AddHours(3);
        Answer(403, """{"__type":"InvalidSignatureException","message":"Signature expired: 20260101T000000Z is now earlier than 20260101T025500Z"}""",
            response => response.Headers.Date = theirs.ToString("R", CultureInfo.InvariantCulture));
        Answer(200, """{"QueueUrl":"http://q"}""");

        await _sqs.FindUrlAsync("queue", CancellationToken.None);

        var signed = DateTimeOffset.ParseExact(_seen.Last().Date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(signed, theirs.AddMinutes(-1), theirs.AddMinutes(5));
    }

    [Fact]
    public async Task Nobody_there_may_pass_and_says_where_it_was_looked_for()
    {
        var nobody = new SqsClient(_http, new AwsOptions { ServiceUrl = "http://127.0.0.1:1", Region = "eu-west-1" });

        var failure = await Assert.ThrowsAsync<AwsFailure>(() => nobody.FindUrlAsync("queue", CancellationToken.None));

        Assert.True(failure.MayPass);
        Assert.Contains("127.0.0.1:1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Aws:Region", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topic_is_published_to_with_attributes_and_failed_entries_are_told_apart()
    {
        var sns = new SnsClient(_http, new AwsOptions { ServiceUrl = _server.Urls.Single(), Region = "eu-west-1" });
        Answer(200, """
            <PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful><member><Id>0</Id><MessageId>m</MessageId></member></Successful>
            <Failed><member><Id>1</Id><Code>InvalidParameter</Code><Message>too long</Message><SenderFault>true</SenderFault></member></Failed></PublishBatchResult></PublishBatchResponse>
            """);
        Answer(404, """<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error></ErrorResponse>""");
        SnsMessage[] messages = [new("a&b", new Dictionary<string, string> { ["messageType"] = "AssetReady" }), new("c", new Dictionary<string, string>())];

        var failed = Assert.Single(await sns.PublishAsync("arn:aws:sns:us-west-2:1:topic", messages, CancellationToken.None));
        var refused = await Assert.ThrowsAsync<AwsFailure>(() => sns.PublishAsync("arn:aws:sns:us-west-2:1:topic", messages, CancellationToken.None));

        Assert.Equal((1, "InvalidParameter: too long", false), (failed.Index, failed.Reason, failed.MayPass));
        Assert.Equal(("NotFound", false), (refused.Code, refused.MayPass));
        // Signed for the topic's own region.
        Assert.Contains("/us-west-2/sns/", _seen.First().Authorization, StringComparison.Ordinal);
    }

    private static string Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) || request.Content!.Headers.TryGetValues(name, out values) ? string.Join(',', values) : request.RequestUri!.Host;

    private void Answer(int status, string body, Action<HttpResponse>? adorn = null) => _answers.Enqueue((status, body, adorn));

    private Task<AwsFailure> FailAsync() => Assert.ThrowsAsync<AwsFailure>(() => _sqs.FindUrlAsync("queue", CancellationToken.None));

    private async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        _seen.Enqueue((context.Request.ContentType, $"{headers["X-Amz-Target"]}", $"{headers.Authorization}", $"{headers["X-Amz-Date"]}"));
        var (status, body, adorn) = _answers.Dequeue();
        context.Response.StatusCode = status;
        adorn?.Invoke(context.Response);
        await context.Response.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }
}
