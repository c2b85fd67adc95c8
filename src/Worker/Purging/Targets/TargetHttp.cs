using Understudy.Hosting;

namespace Understudy.Purging.Targets;

/// <summary>Sends small requests to targets, over few connections, and hears what they say.</summary>
internal sealed class TargetHttp : IDisposable
{
    private const int LargestAnswer = 1 << 20;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public TargetHttp(TimeProvider time)
    {
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Whom a redirect leads to was not meant, and a signed message is for its receiver only.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = 8,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            // Ids are Unicode.
            RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("understudy");
    }

    public async Task<Heard> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return new Heard.Answer((int)response.StatusCode, response.Headers.Location, body, RetryAfter.Of(response, _time));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Either our own timer or the handler's for connecting.
            return new Heard.Silence(timer.IsCancellationRequested ? $"no answer within {timeout}" : "no connection");
        }
        catch (HttpRequestException e)
        {
            return new Heard.Silence(e.InnerException?.Message ?? e.Message);
        }
    }

    public void Dispose() => _http.Dispose();
}
