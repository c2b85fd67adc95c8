using Understudy.Warming.Verification;

namespace Understudy.Integration.Tests.TestKit;

internal static class Asking
{
    /// <summary>The answer as it came, whatever the status.</summary>
    public static async Task<ServerAnswer> AskAsync(this HttpClient http, Uri url)
    {
        using var response = await http.GetAsync(url);
        var body = await response.Content.ReadAsByteArrayAsync();
        return new ServerAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), response.Content.Headers.ContentLength, body);
    }
}
