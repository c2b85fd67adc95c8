using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.S3;

namespace Understudy.Aws;

/// <summary>One request of a service's protocol, not signed yet.</summary>
/// <param name="Tries">How often it may be sent in all, where a failure may pass.</param>
internal sealed record AwsCall(AwsEndpoint Endpoint, string ContentType, byte[] Body, (string Name, string Value)[] Headers, int Tries = 4)
{
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>Of services whose operations are resources: letters, digits, dashes and slashes.</summary>
    public string Path { get; init; } = "/";
}

/// <summary>
/// Sends signed requests to services whose SDK package isn't in the feed: the SDK's own credential chain and signer, a plain
/// HttpClient. Tries again what may pass, mends a clock that is off by the service's own time.
/// </summary>
internal sealed class AwsHttp(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    // Longer than the longest long poll (20 s).
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(35);

    private readonly AWS4Signer _signer = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // Load balancers change their addresses.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Longest,
    };

    // Which service's configuration it is makes no difference to the chain and the signer.
    private readonly ConcurrentDictionary<AwsEndpoint, AmazonS3Config> _configurations = new();
    private TimeSpan _skew;

    /// <param name="fail">Reads the service's error out of an answer.</param>
    /// <returns>The answer's body.</returns>
    /// <exception cref="AwsFailure">It was refused, or failed as often as it may be sent.</exception>
    public async Task<byte[]> SendAsync(AwsCall call, Func<HttpResponseMessage, byte[], AwsFailure> fail, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var failure = await TryAsync(call, fail, cancel) is var (body, broken) && body is not null ? null : broken!;
            if (failure is null)
                return body!;
            if (!failure.MayPass || tries >= call.Tries)
                throw failure;
            // Full jitter: many workers are throttled at the same time.
            if (!failure.IsClockSkew)
                await Task.Delay(FirstPause * Math.Pow(2, tries) * Random.Shared.NextDouble(), time, cancel);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(byte[]? Body, AwsFailure? Failure)> TryAsync(AwsCall call, Func<HttpResponseMessage, byte[], AwsFailure> fail, CancellationToken cancel)
    {
        try
        {
            using var request = await SignAsync(call);
            using var answer = await _http.SendAsync(request, cancel);
            var body = await answer.Content.ReadAsByteArrayAsync(cancel);
            if (answer.IsSuccessStatusCode)
                return (body, null);
            var failure = fail(answer, body);
            if (failure.IsClockSkew && answer.Headers.Date is { } theirs)
                _skew = theirs - time.GetUtcNow();
            return (null, failure);
        }
        catch (HttpRequestException e)
        {
            return (null, new AwsFailure($"{call.Endpoint.Address}: {e.Message}", inner: e));
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            return (null, new AwsFailure($"{call.Endpoint.Address}: no answer in {Longest.TotalSeconds:0} s", inner: e));
        }
        catch (Amazon.Runtime.AmazonClientException e)
        {
            return (null, new AwsFailure($"no credentials to sign with: {e.Message}", "NoCredentials", HttpStatusCode.Unauthorized, e));
        }
    }

    private async Task<HttpRequestMessage> SignAsync(AwsCall call)
    {
        var configuration = _configurations.GetOrAdd(call.Endpoint, static endpoint => new AmazonS3Config
        {
            ServiceURL = endpoint.Address.ToString(), AuthenticationRegion = endpoint.Region, AuthenticationServiceName = endpoint.Service,
        });
        var credentials = await (await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(configuration)).GetCredentialsAsync();
        return Sign(_signer, configuration, call, credentials, (time.GetUtcNow() + _skew).UtcDateTime);
    }

    internal static HttpRequestMessage Sign(AWS4Signer signer, AmazonS3Config configuration, AwsCall call, Amazon.Runtime.ImmutableCredentials credentials, DateTime now)
    {
        var signed = new DefaultRequest(new EmptyRequest(), call.Endpoint.Service)
        {
            HttpMethod = call.Method.Method,
            Endpoint = call.Endpoint.Address,
            ResourcePath = call.Path,
            Content = call.Body,
        };
        signed.Headers["Content-Type"] = call.ContentType;
        foreach (var (name, value) in call.Headers)
            signed.Headers[name] = value;
        if (credentials.UseToken)
            signed.Headers["X-Amz-Security-Token"] = credentials.Token;
        var signature = signer.SignRequest(signed, configuration, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey, now);

        var request = new HttpRequestMessage(call.Method, new Uri(call.Endpoint.Address, call.Path)) { Content = new ByteArrayContent(call.Body) };
        foreach (var (name, value) in signed.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return request;
    }

    private sealed class EmptyRequest : Amazon.Runtime.AmazonWebServiceRequest;
}
