using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Understudy.Integration.Tests.Queues;

/// <summary>
/// Stands between a worker and the emulator, and misbehaves as SQS does: throttling, 500, connections that break before or after
/// the work was done, batches of which some entries fail.
/// </summary>
internal sealed class FaultySqs : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _emulator;

    private FaultySqs(WebApplication app, string emulator) => (_app, _emulator) = (app, new HttpClient { BaseAddress = new Uri(emulator) });

    public string Url => _app.Urls.Single();

    /// <summary>Asked for each request, by action and its running number from 1; null lets it through.</summary>
    public Func<string, int, Misdeed?> Script { get; set; } = static (_, _) => null;

    public ConcurrentDictionary<string, int> Calls { get; } = new();

    public static async Task<FaultySqs> StartAsync(string emulator)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var proxy = new FaultySqs(app, emulator);
        app.Run(proxy.ServeAsync);
        await app.StartAsync();
        return proxy;
    }

    private async Task ServeAsync(HttpContext context)
    {
        var action = context.Request.Headers["X-Amz-Target"].ToString().Replace("AmazonSQS.", "", StringComparison.Ordinal);
        var misdeed = Script(action, Calls.AddOrUpdate(action, 1, (_, n) => n + 1));
        switch (misdeed)
        {
            case Misdeed.Refuse refuse:
                await AnswerAsync(context, refuse.Status, $$"""{"__type":"com.amazonaws.sqs#{{refuse.Code}}","message":"{{refuse.Message}}"}""");
                return;
            case Misdeed.BreakOff { AfterTheWork: false }:
                context.Abort();
                return;
        }

        var (status, body) = await ForwardAsync(context);
        switch (misdeed)
        {
            case Misdeed.BreakOff:
                context.Abort();
                return;
            case Misdeed.FailEntry fail:
                body = Fail(body, fail);
                break;
        }

        await AnswerAsync(context, status, body);
    }

    private async Task<(HttpStatusCode Status, string Body)> ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, context.Request.Path + context.Request.QueryString) { Content = new StreamContent(context.Request.Body) };
        foreach (var (name, values) in context.Request.Headers.Where(h => h.Key is not ("Host" or "Content-Length" or "Transfer-Encoding")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        using var answer = await _emulator.SendAsync(request, context.RequestAborted);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(context.RequestAborted));
    }

    private static async Task AnswerAsync(HttpContext context, HttpStatusCode status, string body)
    {
        (context.Response.StatusCode, context.Response.ContentType) = ((int)status, "application/x-amz-json-1.0");
        await context.Response.WriteAsync(body);
    }

    /// <summary>The entry is reported as failed; whether it was done all the same, nobody can know.</summary>
    private static string Fail(string body, Misdeed.FailEntry fail)
    {
        var answer = JsonNode.Parse(body)!.AsObject();
        if (answer["Successful"] is not JsonArray { Count: > 0 } done)
            return body;
        var id = done[0]!["Id"]!.GetValue<string>();
        done.RemoveAt(0);
        answer["Failed"] = new JsonArray(new JsonObject { ["Id"] = id, ["Code"] = fail.Code, ["Message"] = "as the script has it", ["SenderFault"] = fail.SenderFault });
        return answer.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _emulator.Dispose();
    }
}

internal abstract record Misdeed
{
    internal sealed record Refuse(HttpStatusCode Status, string Code, string Message = "as the script has it") : Misdeed
    {
        public static Refuse Throttling { get; } = new(HttpStatusCode.BadRequest, "RequestThrottled");
    }

    internal sealed record BreakOff(bool AfterTheWork) : Misdeed;

    internal sealed record FailEntry(string Code, bool SenderFault) : Misdeed;
}
