using System.Collections.Concurrent;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Understudy.Aws;

namespace Understudy.Copying.Sources;

/// <summary>A URL that carries its own signature.</summary>
/// <param name="Made">Timestamp of its making, see <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record PresignedUrl(Uri Url, long Made)
{
    private const string ChecksumMode = "x-amz-checksum-mode";

    /// <summary>S3 refuses x-amz headers that aren't signed; so this one is, and has to be sent with the URL.</summary>
    public static void Sign(GetPreSignedUrlRequest request) => request.Headers[ChecksumMode] = "ENABLED";

    public static void AddSignedHeaders(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation(ChecksumMode, "ENABLED");
}

/// <summary>Signs for S3 and S3-like servers with the SDK's credential chain, and holds the connections.</summary>
internal sealed class S3Access : IDisposable
{
    // Long enough for any part, short enough that rotated credentials are taken up.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(5);

    private readonly AwsOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, IAmazonS3> _clients = new();

    public S3Access(AwsOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // How many requests run at once is the gate's business.
            MaxConnectionsPerServer = int.MaxValue,
            ActivityHeadersPropagator = null,
        })
        {
            // Parts watch for stalls themselves.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public HttpClient Http { get; }

    public async Task<PresignedUrl> PresignAsync(SourceUri.S3 uri, HttpMethod method)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = uri.Bucket,
            // The SDK takes one slash off.
            Key = uri.Key.StartsWith('/') ? "/" + uri.Key : uri.Key,
            Verb = method == HttpMethod.Head ? HttpVerb.HEAD : HttpVerb.GET,
            Expires = _time.GetUtcNow().Add(Lifetime).UtcDateTime,
            Protocol = _options.ServiceUrl?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true ? Protocol.HTTP : Protocol.HTTPS,
        };
        PresignedUrl.Sign(request);
        var url = await ClientOf(uri.Region).GetPreSignedURLAsync(request);
        // As signed: the usual reading of "bucket/../other/key" would ask for another bucket's.
        return new PresignedUrl(new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), _time.GetTimestamp());
    }

    /// <param name="region">null: the one in the settings.</param>
    public IAmazonS3 ClientOf(string? region) => _clients.GetOrAdd(region ?? "", MakeClient);

    public bool IsOld(PresignedUrl url) => _time.GetElapsedTime(url.Made) > Renewal;

    public void Dispose()
    {
        Http.Dispose();
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private AmazonS3Client MakeClient(string region)
    {
        var config = new AmazonS3Config { ForcePathStyle = _options.ForcePathStyle };
        var name = region.Length > 0 ? region : _options.RegionInUse();
        if (_options.ServiceUrl is { } service)
            (config.ServiceURL, config.AuthenticationRegion) = (service, name);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(name);
        return new AmazonS3Client(config);
    }
}
