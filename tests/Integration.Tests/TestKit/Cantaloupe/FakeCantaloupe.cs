using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>
/// One node of a Cantaloupe cluster, on the loopback address and a free port: versions 2 and 3 of the Image API, its caches, its tasks. Images are grey JPEGs of
/// exactly the right size. Nothing goes wrong until <see cref="Script"/> says so; but caches keep what is old, as Cantaloupe's do.
/// </summary>
internal sealed class FakeCantaloupe : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CantaloupeOptions _options;
    private readonly ImageService _images;
    private readonly CancellationTokenSource _stop = new();

    private FakeCantaloupe(SourceFiles files, DerivativeCache derivatives, CantaloupeOptions options, int port)
    {
        _options = options;
        Derivatives = derivatives;
        Infos = new InfoCaches(files, derivatives, options.HeapInfos);
        Tasks = new TaskApi(options, Infos, derivatives, () => $"{Address.Port}");
        _images = new ImageService(files, derivatives, Infos, options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Asked once for each request for an image or an info.json, on many threads; null: all is well.</summary>
    public Func<CantaloupeRequest, CantaloupeFault?> Script { get; set; } = CantaloupeScript.None;

    public CantaloupeTraffic Traffic { get; } = new();

    public DerivativeCache Derivatives { get; }

    public InfoCaches Infos { get; }

    public TaskApi Tasks { get; }

    /// <param name="shared">The derivative cache that this node shares with others; one of its own where there is none.</param>
    /// <param name="port">Where somebody expects it already; 0: a free one.</param>
    public static async Task<FakeCantaloupe> StartAsync(SourceFiles files, DerivativeCache? shared = null, CantaloupeOptions? options = null, int port = 0)
    {
        var node = new FakeCantaloupe(files, shared ?? new DerivativeCache(), options ?? new CantaloupeOptions(), port);
        await node._app.StartAsync();
        node.Address = new Uri(node._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return node;
    }

    /// <param name="path">What follows the image's own address: <c>info.json</c>, <c>full/512,/0/default.jpg</c>.</param>
    public Uri UrlOf(int version, string identifier, string path) => new(Address, $"/iiif/{version}/{Uri.EscapeDataString(identifier)}/{path}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Tasks.DisposeAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        try
        {
            if (context.Request.Path.StartsWithSegments("/tasks"))
                await Tasks.AnswerAsync(context, stop.Token);
            else if (IiifCall.Parse(target) is { } call)
                await AnswerAsync(context, target, call, stop.Token);
            else
                context.Response.StatusCode = 404;
        }
        catch (OperationCanceledException)
        {
            // Reset, or the client or this server went away: there is nobody to answer.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, string target, IiifCall call, CancellationToken stop)
    {
        var (isCached, pixels) = _images.Work(call);
        var work = Traffic.Begin(pixels);
        try
        {
            var (number, ofUrl) = Traffic.Count(target);
            var request = new CantaloupeRequest(context.Request.Method, target, call, number, ofUrl, isCached, pixels, work.PixelsInFlight);
            var exchange = new CantaloupeExchange(request, Script(request));
            Traffic.Add(exchange);
            await RespondAsync(context, exchange, work, stop);
        }
        finally
        {
            work.Dispose();
        }
    }

    private async Task RespondAsync(HttpContext context, CantaloupeExchange exchange, CantaloupeWork work, CancellationToken stop)
    {
        var (call, fault) = (exchange.Request.Call, exchange.Fault ?? new CantaloupeFault());
        var began = Stopwatch.GetTimestamp();
        var answer = _images.Answer(call, fault.Resize ?? (size => size)).With(fault);
        if (fault.Latency > TimeSpan.Zero)
            await Task.Delay(fault.Latency, _options.Time, stop);
        if (fault.Gate is { } gate)
            await gate.PassAsync(stop);
        if (answer.Status == 200 && (fault.Sticks || !fault.Spoils && !answer.IsFromCache) && Stopwatch.GetElapsedTime(began) < _options.LongestWork)
        {
            _images.Keep(call, answer.Body);
            _options.Journal?.Note(call.Identifier, $"{Address.Port} keeps {call.Key}, of look {TinyJpeg.LookOf(answer.Body)}, after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
        }

        // Whoever has the whole answer may send the next request before this method is over.
        if (fault.BodyBytes is null)
            work.Dispose();
        await answer.SendAsync(context, exchange, _options.Time, stop);
    }
}
