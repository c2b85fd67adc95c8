using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Understudy.Integration.Tests.TestKit;

/// <param name="Target">Path and query as sent.</param>
internal sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <param name="Headers">Of the answer.</param>
internal sealed record ScriptedAnswer(int Status, string Body = "", params (string Name, string Value)[] Headers);

/// <summary>Any HTTP service on loopback: keeps what it is sent, and answers as it is told.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();

    private HttpReceiver(Func<ReceivedRequest, ScriptedAnswer> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var request = new ReceivedRequest(
                context.Request.Method,
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray());
            _received.Enqueue(request);
            var said = answer(request);
            context.Response.StatusCode = said.Status;
            foreach (var (name, value) in said.Headers)
                context.Response.Headers[name] = value;
            await context.Response.WriteAsync(said.Body);
        });
    }

    public string Address { get; private set; } = "";

    /// <summary>In the order of their arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _received];

    public static async Task<HttpReceiver> StartAsync(Func<ReceivedRequest, ScriptedAnswer> answer)
    {
        var receiver = new HttpReceiver(answer);
        await receiver._app.StartAsync();
        receiver.Address = receiver._app.Urls.Single();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
