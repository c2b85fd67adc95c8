using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>
/// An S3 that misbehaves on demand: GET and HEAD on <c>/{bucket}/{key}</c>, on the loopback address and a free port.
/// Nothing goes wrong until <see cref="Script"/> says so. Signatures are seen and not checked.
/// </summary>
internal sealed class FaultyS3 : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(string Bucket, string Key), FaultyObject> _objects = new();

    private FaultyS3(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A client that reads slowly is none of this server's faults.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => CountedAsync(next, connection));
            });
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Asked once for each request, on many threads; null: all is well.</summary>
    public Func<FaultyRequest, Fault?> Script { get; set; } = FaultScript.None;

    public FaultyTraffic Traffic { get; } = new();

    /// <param name="time">The clock of delays and trickles; the system's unless given.</param>
    public static async Task<FaultyS3> StartAsync(TimeProvider? time = null)
    {
        var s3 = new FaultyS3(time ?? TimeProvider.System);
        await s3._app.StartAsync();
        s3.Address = new Uri(s3._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return s3;
    }

    public Uri UrlOf(string bucket, string key) =>
        new(Address, $"/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>Puts or replaces; responses under way go on with the object that they began with.</summary>
    public void Put(string bucket, string key, FaultyObject value) => _objects[(bucket, key)] = value;

    public void Put(string bucket, string key, byte[] bytes) => Put(bucket, key, FaultyObject.Of(bytes));

    public void Delete(string bucket, string key) => _objects.TryRemove((bucket, key), out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task CountedAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        using var open = Traffic.Connections.Enter();
        await next(connection);
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var running = Traffic.ConcurrentRequests.Enter();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        var exchange = Exchange(context);
        Traffic.Add(exchange);
        try
        {
            await AnswerAsync(context, exchange, new FaultyResponse(context, exchange, _time, stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Reset, or the client or this server went away: there is nobody to answer.
            context.Abort();
        }
    }

    private FaultyExchange Exchange(HttpContext context)
    {
        var (bucket, key) = FaultyRequest.Address(context);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var range = headers.GetValueOrDefault("Range");
        var (number, ofKey, ofRange) = Traffic.Count(context.Request.Method, bucket, key, range);
        var signed = context.Request.Query.ContainsKey("X-Amz-Signature") || headers.ContainsKey("Authorization");
        var request = new FaultyRequest(context.Request.Method, bucket, key, range, number, ofKey, ofRange, signed, headers);
        return new FaultyExchange(request) { Fault = Script(request) };
    }

    private async Task AnswerAsync(HttpContext context, FaultyExchange exchange, FaultyResponse response)
    {
        var request = exchange.Request;
        var source = _objects.GetValueOrDefault((request.Bucket, request.Key));
        if (exchange.Fault?.ReplacesObject is { } next)
            Put(request.Bucket, request.Key, next);

        if (Refusal(context, exchange, source) is { } error)
            await response.ErrorAsync(error);
        else if (Matches(context.Request.Headers.IfNoneMatch.ToString(), source!))
            await response.NotModifiedAsync(source!);
        else
            await response.ObjectAsync(source!, ByteRange.Parse(request.Range, source!.Length, out _));
    }

    private S3Error? Refusal(HttpContext context, FaultyExchange exchange, FaultyObject? source)
    {
        var (request, version) = (exchange.Request, context.Request.Query["versionId"].ToString());
        if (exchange.Fault?.Error is { } error)
            return error;
        if (request.Method is not ("GET" or "HEAD"))
            return S3Error.MethodNotAllowed;
        if (source is null)
            return _objects.Keys.Any(o => o.Bucket == request.Bucket) ? S3Error.NoSuchKey : S3Error.NoSuchBucket;
        if (version.Length > 0 && version != (source.VersionId ?? "null"))
            return S3Error.NoSuchVersion;
        if (context.Request.Headers.IfMatch.ToString() is { Length: > 0 } wanted && !Matches(wanted, source))
            return S3Error.PreconditionFailed;
        if (Matches(context.Request.Headers.IfNoneMatch.ToString(), source))
            return null;
        ByteRange.Parse(request.Range, source.Length, out var satisfiable);
        return satisfiable ? null : S3Error.InvalidRange with { Headers = new Dictionary<string, string> { ["Content-Range"] = $"bytes */{source.Length}" } };
    }

    // S3 takes ETags with and without their quotes.
    private static bool Matches(string condition, FaultyObject source) =>
        condition == "*" || condition.Split(',').Any(tag => tag.Trim().Trim('"') == source.ETag.Trim('"'));
}
