using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Comparing;

/// <summary>One of the servers that are compared. It has connections of its own.</summary>
internal sealed class ImageServer : IDisposable
{
    // An overview of a large image takes a decoder that can't reduce half a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public ImageServer(string address, TimeProvider time)
    {
        (Base, _time) = (address.TrimEnd('/'), time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Another server's speed would be measured; and a cookie could make one request unlike the next.
            AllowAutoRedirect = false,
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Base { get; }

    public Task<Reply> InfoAsync(string identifier, CancellationToken cancel) => GetAsync($"{Base}/{identifier}/info.json", cancel);

    public async Task<Sample> AskAsync(string identifier, ImageRequest request, CancellationToken cancel)
    {
        var url = $"{Base}/{identifier}/{request.Path}";
        var reply = await GetAsync(url, cancel);
        var bad = reply.Answer is { } answer ? GoodImage.Check(request, answer) : reply.Bad;
        return new Sample(url, reply.Latency, reply.FirstByte, reply.Answer?.Body.Length ?? 0, bad);
    }

    public void Dispose() => _http.Dispose();

    public async Task<Reply> GetAsync(string url, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        var started = _time.GetTimestamp();
        var firstByte = TimeSpan.Zero;
        try
        {
            using var response = await _http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, either.Token);
            firstByte = _time.GetElapsedTime(started);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            var latency = _time.GetElapsedTime(started);
            return new Reply(
                new ServerAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), response.Content.Headers.ContentLength, body),
                null, firstByte, latency);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed(BadAnswer.TimedOut(Patience));
        }
        catch (HttpRequestException failure)
        {
            return Failed(Judge(failure, headCame: firstByte > TimeSpan.Zero), IsNoConnection(failure));
        }
        catch (IOException failure)
        {
            return Failed(BadAnswer.ConnectionLost(failure.Message));
        }

        Reply Failed(BadAnswer bad, bool refused = false) => new(null, bad, firstByte, _time.GetElapsedTime(started), refused);
    }

    private static BadAnswer Judge(HttpRequestException failure, bool headCame) =>
        headCame && failure.HttpRequestError == HttpRequestError.ResponseEnded
            ? new BadAnswer(Flaw.Truncated, "the answer stops before its announced end")
            : BadAnswer.ConnectionLost(failure.Message);

    private static bool IsNoConnection(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}
