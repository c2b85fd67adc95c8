using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Warm.Warmer;

/// <summary>Image servers, in this process, that have each answer ready: what is measured against them is whoever asks.</summary>
internal sealed class InstantServer : IAsyncDisposable
{
    public const int Width = 4_000;
    public const int Height = 3_000;

    private readonly ConcurrentDictionary<(int Width, int Height), byte[]> _pictures = new();
    private readonly byte[] _info = Encoding.UTF8.GetBytes(Pyramids.Info(Width, Height, version: 2));
    private readonly WebApplication _app;
    private long _answers;
    private long _first;
    private long _last;

    private InstantServer(IReadOnlyList<Uri> nodes)
    {
        Nodes = nodes;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            foreach (var node in nodes)
                k.ListenLocalhost(node.Port);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public IReadOnlyList<Uri> Nodes { get; }

    public long Answers => Volatile.Read(ref _answers);

    /// <summary>From the first request to the last answer.</summary>
    public TimeSpan Busy => Stopwatch.GetElapsedTime(_first, Volatile.Read(ref _last));

    public static async Task<InstantServer> StartAsync(int nodes, CancellationToken cancel)
    {
        var server = new InstantServer([.. Enumerable.Range(0, nodes).Select(_ => Nginx.Local(Nginx.FreePort()))]);
        await server._app.StartAsync(cancel);
        return server;
    }

    public void Forget() => (_answers, _first, _last) = (0, 0, 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0);
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var isInfo = target.EndsWith("/info.json", StringComparison.Ordinal);
        var body = isInfo ? _info : _pictures.GetOrAdd(SizeOf(target), static size => FlatJpeg.Of(size.Width, size.Height));
        http.Response.ContentType = isInfo ? "application/json" : "image/jpeg";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body);
        Volatile.Write(ref _last, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _answers);
    }

    /// <summary>Of <c>…/region/w,/0/default.jpg</c>, as version 2 writes tiles.</summary>
    private static (int Width, int Height) SizeOf(string target)
    {
        if (target.Split('/') is not [.., var region, var size, _, _])
            throw new BenchException($"{target} is no image request");
        var width = Number(size.AsSpan(0, size.IndexOf(',')));
        var (regionWidth, regionHeight) = region == "full" ? (Width, Height)
            : region.Split(',') is [_, _, var w, var h] ? (Number(w), Number(h)) : throw new BenchException($"{target} has no region");
        return (width, (int)Math.Round((double)regionHeight * width / regionWidth, MidpointRounding.AwayFromZero));
    }

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
