using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Understudy.Integration.Tests.TestKit;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Webhooks;

namespace Understudy.Integration.Tests.Purging;

public sealed class WebhookTargetTests : IDisposable
{
    private const string Secret = "0123456789abcdef";

    private readonly TargetHttp _http = new(TimeProvider.System);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Message_says_what_and_is_signed_over_time_and_body()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => new(204));
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero));
        var target = new WebhookTarget(new WebhookOptions { Name = "orchestrator", Url = $"{receiver.Address}/purged?x=1", Secret = Secret }, _http, clock);

        var replies = await target.PurgeAsync([Subjects.Refreshed("2/5/a", 40, 30, "s3://b/k")], default);

        Assert.Equal("webhook orchestrator", target.Name);
        Assert.IsType<PurgeReply.Purged>(replies.Single());
        var sent = Assert.Single(receiver.Received);
        Assert.Equal(("POST", "/purged?x=1", "application/json"), (sent.Method, sent.Target, sent.Headers["Content-Type"]));
        using var message = JsonDocument.Parse(sent.Body);
        Assert.Equal(["id", "what", "path", "sources", "width", "height", "at", "attempt"], message.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("2/5/a", "refreshed", 40), (Text(message, "id"), Text(message, "what"), message.RootElement.GetProperty("width").GetInt32()));
        var time = clock.GetUtcNow().ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{time}.{sent.Text}"));
        Assert.Equal($"t={time},v1={Convert.ToHexStringLower(signature)}", sent.Headers["X-Understudy-Signature"]);
    }

    [Fact]
    public async Task Deletion_has_no_size_and_no_secret_no_signature()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => new(200));
        var target = new WebhookTarget(new WebhookOptions { Name = "x", Url = receiver.Address }, _http, TimeProvider.System);

        await target.PurgeAsync([Subjects.Deleted("2/5/a")], default);

        var sent = Assert.Single(receiver.Received);
        using var message = JsonDocument.Parse(sent.Body);
        Assert.Equal("deleted", Text(message, "what"));
        Assert.Equal(JsonValueKind.Null, message.RootElement.GetProperty("width").ValueKind);
        Assert.False(sent.Headers.ContainsKey("X-Understudy-Signature"));
    }

    [Theory]
    [InlineData(200, "Purged")]
    [InlineData(202, "Purged")]
    [InlineData(301, "Refused")]
    [InlineData(400, "Refused")]
    [InlineData(401, "Refused")]
    [InlineData(404, "Refused")]
    [InlineData(408, "NotYet")]
    [InlineData(429, "NotYet")]
    [InlineData(500, "NotYet")]
    [InlineData(503, "NotYet")]
    public async Task Answer_is_taken_by_its_status(int status, string reply)
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => new(status, "", ("Location", "/elsewhere"), ("Retry-After", "5")));
        var target = new WebhookTarget(new WebhookOptions { Name = "x", Url = receiver.Address }, _http, TimeProvider.System);

        var replies = await target.PurgeAsync([Subjects.Refreshed("2/5/a")], default);

        Assert.Equal(reply, replies.Single().GetType().Name);
        Assert.Single(receiver.Received);
    }

    private static string? Text(JsonDocument message, string name) => message.RootElement.GetProperty(name).GetString();
}
