using System.Net.Http.Headers;
using System.Text.Json;

namespace Understudy.Purging.Targets.Webhooks;

/// <summary>What a webhook is told. camelCase.</summary>
/// <param name="What"><c>refreshed</c> or <c>deleted</c>.</param>
/// <param name="Path">The copy's, relative to the store's root.</param>
/// <param name="Width">Of the new image, in pixels.</param>
internal sealed record WebhookMessage(string Id, string What, string Path, IReadOnlyList<string> Sources, int? Width, int? Height, DateTimeOffset At, string Attempt);

/// <summary>Anything that forgets an asset when it is told so; it may be told more than once.</summary>
internal sealed class WebhookTarget(WebhookOptions options, TargetHttp http, TimeProvider time) : IPurgeTarget
{
    private const int AtOnce = 4;

    public string Name => $"webhook {options.Name}";

    public TargetKind Kind => options.PurgesNodes ? TargetKind.NodeHook : TargetKind.Webhook;

    public int MostAtOnce => 50;

    public Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel) => Each.OfAsync(subjects, AtOnce, TellAsync, cancel);

    private async Task<PurgeReply> TellAsync(PurgeSubject subject, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new WebhookMessage($"{subject.Id}", subject.IsDeleted ? "deleted" : "refreshed", subject.Path, subject.Sources, subject.Size?.Width, subject.Size?.Height, now, subject.Attempt),
            JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (options.Secret is { } secret)
            request.Headers.TryAddWithoutValidation(WebhookSignature.Header, WebhookSignature.Of(secret, now, body));
        var heard = await http.SendAsync(request, options.Timeout, cancel);
        return heard is Heard.Answer { IsGood: true } ? PurgeReply.Done : PurgeReply.Of($"webhook {options.Name}", heard);
    }
}
