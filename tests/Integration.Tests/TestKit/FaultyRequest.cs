using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>A request as a fault script sees it.</summary>
/// <param name="Range">The header as it came, such as <c>bytes=0-99</c>; null without one.</param>
/// <param name="Number">Counts all requests to the server, from 1.</param>
/// <param name="NumberOfKey">Counts those for the same method and key, from 1.</param>
/// <param name="NumberOfRange">Counts those for the same method, key and range, from 1.</param>
/// <param name="IsSigned">It carried a signature, in the query or in a header; nobody checked it.</param>
internal sealed record FaultyRequest(
    string Method, string Bucket, string Key, string? Range, int Number, int NumberOfKey, int NumberOfRange, bool IsSigned,
    IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Bucket and key as sent: the parsed path has lost the difference between <c>/</c> and <c>%2F</c>, and dot segments.</summary>
    internal static (string Bucket, string Key) Address(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?')[0].TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? (Uri.UnescapeDataString(path), "")
            : (Uri.UnescapeDataString(path[..slash]), Uri.UnescapeDataString(path[(slash + 1)..]));
    }
}
