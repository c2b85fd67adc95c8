using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Comparing;

/// <summary>An image server of version 2 on a free port of the loopback address: every identifier is an image of one size.</summary>
internal sealed class FakeImageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeImageServer(int width, int height)
    {
        (Width, Height) = (width, height);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Width { get; }

    public int Height { get; }

    public string Base { get; private set; } = "";

    /// <summary>Paths as they were asked for, in this order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Answers in place of the server, and says whether it did.</summary>
    public Func<HttpContext, string, Task<bool>> Instead { get; set; } = (_, _) => Task.FromResult(false);

    public static async Task<FakeImageServer> StartAsync(int width = 1001, int height = 701)
    {
        var server = new FakeImageServer(width, height);
        await server._app.StartAsync();
        server.Base = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/iiif/2";
        return server;
    }

    public string Info => $$"""
        { "@context": "http://iiif.io/api/image/2/context.json", "@id": "{{Base}}/x", "protocol": "http://iiif.io/api/image",
          "profile": ["http://iiif.io/api/image/2/level2.json"], "width": {{Width}}, "height": {{Height}},
          "tiles": [{ "width": 512, "scaleFactors": [1, 2, 4, 8] }] }
        """;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        // As it came: Kestrel would decode %2F.
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Asked.Enqueue(path["/iiif/2".Length..]);
        if (await Instead(context, path))
            return;
        if (path.EndsWith("/info.json", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Info);
            return;
        }

        var parts = path.Split('/');
        var region = parts[^4] == "full" ? [0, 0, Width, Height] : parts[^4].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        var width = parts[^3] == "full" ? region[2] : int.Parse(parts[^3].Split(',')[0], CultureInfo.InvariantCulture);
        var body = TinyJpeg.Of(width, (int)Math.Round((double)region[3] * width / region[2]));
        (context.Response.ContentType, context.Response.ContentLength) = ("image/jpeg", body.Length);
        await context.Response.Body.WriteAsync(body);
    }
}
