using System.Net;
using Understudy.Warming.Verification;

namespace Understudy.Warming;

/// <summary>Asks image servers for one whole answer at a time.</summary>
internal sealed class ImageClient : IDisposable
{
    // More than any tile or overview that a viewer asks for first; less than a runaway answer.
    private const long LargestAnswer = 256 << 20;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public ImageClient(TimeProvider time)
    {
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Viewers don't ask for what redirects: a 301 is Cantaloupe's word for a request that isn't canonical.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Nodes are replaced behind their names.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("understudy");
    }

    public void Dispose() => _http.Dispose();

    /// <param name="largest">A longer body is a failure.</param>
    public async Task<Asked> GetAsync(string url, TimeSpan timeout, CancellationToken cancel, long largest = LargestAnswer)
    {
        var started = _time.GetTimestamp();
        TimeSpan? firstByte = null;
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            // To the letter: %2F, and dots in names, are part of a server's cache keys.
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            firstByte = _time.GetElapsedTime(started);
            await response.Content.LoadIntoBufferAsync(largest, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return new Asked(_time.GetElapsedTime(started), firstByte)
            {
                Answer = new ServerAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), response.Content.Headers.ContentLength, body),
                RetryAfter = response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests ? Hosting.RetryAfter.Of(response, _time) : null,
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Either our own timer or the handler's for connecting.
            return timer.IsCancellationRequested ? Failed(BadAnswer.TimedOut(timeout)) : Failed(BadAnswer.ConnectionLost("no connection"), isUnreachable: true);
        }
        catch (HttpRequestException e)
        {
            return firstByte is not null && e.HttpRequestError == HttpRequestError.ResponseEnded
                ? Failed(new BadAnswer(Flaw.Truncated, "the answer stops before its announced end"))
                : Failed(BadAnswer.ConnectionLost(e.InnerException?.Message ?? e.Message), IsNoConnection(e));
        }
        catch (IOException e)
        {
            return Failed(BadAnswer.ConnectionLost(e.Message));
        }

        Asked Failed(BadAnswer failure, bool isUnreachable = false) => new(_time.GetElapsedTime(started), firstByte) { Failure = failure, IsUnreachable = isUnreachable };
    }

    private static bool IsNoConnection(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}

/// <summary>What became of a question to a server: an answer, or the failure to get one.</summary>
/// <param name="Took">From sending the request to the last byte of the answer, or to the failure.</param>
/// <param name="FirstByte">To the answer's head; null where none came.</param>
internal sealed record Asked(TimeSpan Took, TimeSpan? FirstByte)
{
    public ServerAnswer? Answer { get; init; }

    public BadAnswer? Failure { get; init; }

    /// <summary>Not even a connection: it is the server that is away, whatever was asked.</summary>
    public bool IsUnreachable { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
