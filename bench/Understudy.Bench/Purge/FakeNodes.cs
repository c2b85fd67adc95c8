using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Understudy.Bench.Serving;
using Understudy.Bench.Warm;
using Understudy.Bench.Warm.Warmer;
using Understudy.Warming.Planning;

namespace Understudy.Bench.Purge;

/// <summary>
/// Cantaloupe nodes, in this process, that do a task while it is posted and have each answer ready: what is measured against them is whoever tells them.
/// What they show is made of dimensions that they keep until they are told to forget them.
/// </summary>
internal sealed class FakeNodes : IAsyncDisposable
{
    public const string User = "admin";
    public const string Secret = "secret";

    private static readonly byte[] Done = """{"verb":"PurgeItemFromCache","done":true}"""u8.ToArray();

    private readonly ConcurrentDictionary<(PixelSize Size, int Version), byte[]> _infos = new();
    private readonly ConcurrentDictionary<PixelSize, byte[]> _pictures = new();
    private readonly Dictionary<int, NodeCache> _caches;
    private readonly WebApplication _app;
    private long _posts;
    private long _taskLooks;
    private long _infoRequests;
    private long _pictureRequests;

    private FakeNodes(IReadOnlyList<Uri> addresses, string store)
    {
        Addresses = addresses;
        _caches = addresses.ToDictionary(a => a.Port, _ => new NodeCache(store));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            foreach (var address in addresses)
                k.ListenLocalhost(address.Port);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public IReadOnlyList<Uri> Addresses { get; }

    public RequestCounts Counts => new(Volatile.Read(ref _posts), Volatile.Read(ref _taskLooks), Volatile.Read(ref _infoRequests), Volatile.Read(ref _pictureRequests));

    public static async Task<FakeNodes> StartAsync(int nodes, string store, CancellationToken cancel)
    {
        var fakes = new FakeNodes([.. Enumerable.Range(0, nodes).Select(_ => Nginx.Local(Nginx.FreePort()))], store);
        await fakes._app.StartAsync(cancel);
        return fakes;
    }

    /// <summary>Counts begin anew, and every node knows images as they were before.</summary>
    public void StartAnew()
    {
        (_posts, _taskLooks, _infoRequests, _pictureRequests) = (0, 0, 0, 0);
        foreach (var cache in _caches.Values)
            cache.RememberAllAsBefore();
    }

    /// <summary>Whether all nodes show viewers what is there.</summary>
    /// <param name="decoded">The identifier.</param>
    public bool ShowTruth(string decoded) => _caches.Values.All(c => c.Show(Uri.EscapeDataString(decoded), pastCaches: false) == c.Truth(decoded));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        var cache = _caches[http.Connection.LocalPort];
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (target == "/tasks")
            return TakeAsync(http, cache);
        if (!target.StartsWith("/iiif/", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _taskLooks);
            return SendAsync(http, Done, "application/json");
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        // "", iiif, version, identifier, and info.json or region, size, rotation, quality.
        var parts = (query < 0 ? target : target[..query]).Split('/');
        var size = cache.Show(parts[3], pastCaches: query >= 0);
        if (parts is [_, _, var version, _, "info.json"])
        {
            Interlocked.Increment(ref _infoRequests);
            var info = _infos.GetOrAdd((size, Number(version)), static i => Encoding.UTF8.GetBytes(Pyramids.Info(i.Size.Width, i.Size.Height, i.Version)));
            return SendAsync(http, info, "application/json");
        }

        Interlocked.Increment(ref _pictureRequests);
        return SendAsync(http, _pictures.GetOrAdd(Output(size, parts[4], parts[5]), static p => FlatJpeg.Of(p.Width, p.Height)), "image/jpeg");
    }

    private async Task TakeAsync(HttpContext http, NodeCache cache)
    {
        Interlocked.Increment(ref _posts);
        var read = await http.Request.BodyReader.ReadAtLeastAsync((int)http.Request.ContentLength!.Value);
        cache.Forget(IdentifierIn(read.Buffer));
        http.Request.BodyReader.AdvanceTo(read.Buffer.End);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.Headers.Location = $"/tasks/{Guid.NewGuid()}";
        http.Response.ContentLength = 0;
    }

    private static string IdentifierIn(ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("identifier"u8) && json.Read())
                return json.GetString()!;
        }

        throw new BenchException("a task without an identifier");
    }

    private static async Task SendAsync(HttpContext http, byte[] body, string type)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body);
    }

    /// <summary>Of <c>w,</c> as version 2 writes sizes, or <c>w,h</c> as version 3 does.</summary>
    private static PixelSize Output(PixelSize image, string region, string size)
    {
        var sides = size.Split(',');
        if (sides is not [{ Length: > 0 } width, var height])
            throw new BenchException($"size {size} is none that a viewer asks for");
        if (height.Length > 0)
            return new PixelSize(Number(width), Number(height));
        var (w, h) = region.Split(',') is [_, _, var rw, var rh] ? (Number(rw), Number(rh)) : (image.Width, image.Height);
        return new PixelSize(Number(width), (int)Math.Round((double)h * Number(width) / w, MidpointRounding.AwayFromZero));
    }

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
