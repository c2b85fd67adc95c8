using System.Net;
using System.Text.Json;

namespace Understudy.Contracts;

/// <summary>The worker refused a call; the message is the reason that it gave.</summary>
public sealed class UnderstudyException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    internal static async Task<UnderstudyException> FromAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStringAsync(cancel);
        return new UnderstudyException(response.StatusCode, Detail(body) ?? $"the worker answered {(int)response.StatusCode} {response.ReasonPhrase}");
    }

    private static string? Detail(string problem)
    {
        try
        {
            using var json = JsonDocument.Parse(problem);
            return json.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString()
                : json.RootElement.TryGetProperty("title", out var title) ? title.GetString()
                : null;
        }
        catch (Exception notProblemDetails) when (notProblemDetails is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
