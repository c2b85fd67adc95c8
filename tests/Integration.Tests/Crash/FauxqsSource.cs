using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>The emulator's S3, behind a proxy that does nothing but count.</summary>
internal sealed class FauxqsSource : ICrashSource
{
    private static readonly string[] Forwarded = ["Range", "If-Match", "If-None-Match", "x-amz-checksum-mode"];

    private readonly FauxqsServer _emulator;
    private readonly WebApplication _proxy;
    private readonly ConcurrentDictionary<string, long> _served = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });

    private FauxqsSource(FauxqsServer emulator, string bucket)
    {
        (_emulator, Bucket) = (emulator, bucket);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _proxy = builder.Build();
        _proxy.Run(ForwardAsync);
    }

    public string ServiceUrl => _proxy.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public string Bucket { get; }

    public static async Task<FauxqsSource> StartAsync(FauxqsServer emulator)
    {
        var source = new FauxqsSource(emulator, await emulator.NewBucketAsync());
        await source._proxy.StartAsync();
        return source;
    }

    public Task PutAsync(string key, byte[] bytes, bool inParts) => _emulator.PutAsync(Bucket, key, bytes, inParts);

    public Task DeleteAsync(string key) => _emulator.S3.DeleteObjectAsync(Bucket, key);

    public long Served(string key) => _served.GetValueOrDefault(key);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), _emulator.ServiceUrl + context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            foreach (var name in Forwarded.Where(context.Request.Headers.ContainsKey))
                request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToString());
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            {
                if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && !name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
                    context.Response.Headers[name] = values.ToString();
            }

            if (!HttpMethods.IsHead(context.Request.Method))
                await PumpAsync(answer, context);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or HttpRequestException)
        {
            // The worker was killed, or reads no further.
            context.Abort();
        }
    }

    private async Task PumpAsync(HttpResponseMessage answer, HttpContext context)
    {
        var (_, key) = FaultyRequest.Address(context);
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            if (answer.IsSuccessStatusCode)
                _served.AddOrUpdate(key, read, (_, sum) => sum + read);
        }
    }
}
