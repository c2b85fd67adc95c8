using System.Net;
using System.Net.Http.Headers;
using System.Xml.Linq;
using Understudy.Copying.Checksums;
using Understudy.Plans;

namespace Understudy.Copying.Sources;

/// <summary>
/// An S3 object: presigned by the SDK, fetched by a plain HttpClient. Always with a Range: the SDK hashes whole-object answers
/// in slow code (4 to 7 times slower in all, versity/versitygw#1380), and S3 limits each connection, not their number.
/// </summary>
internal sealed class S3Source(SourceUri.S3 uri, S3Access access) : SourceObject
{
    private PresignedUrl? _url;

    public override SourceUri Uri => uri;

    public override async Task<Reading> ReadAsync(long offset, long length, Condition condition, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, await UrlAsync());
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
            Add(request, condition);
            PresignedUrl.AddSignedHeaders(request);
            var answer = await access.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            Reading? reading = null;
            try
            {
                return reading = await JudgeAsync(answer, offset, length, condition, cancel);
            }
            finally
            {
                if (reading is not Reading.Body)
                    answer.Dispose();
            }
        }
        catch (Exception e) when (Unavailable(e, cancel) is not null)
        {
            return Unavailable(e, cancel)!;
        }
    }

    public override async Task<Reading> FindChecksumAsync(SourceVersion version, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, (await access.PresignAsync(uri, HttpMethod.Head)).Url);
            request.Headers.TryAddWithoutValidation("If-Match", version.ETag);
            PresignedUrl.AddSignedHeaders(request);
            using var answer = await access.Http.SendAsync(request, cancel);
            return answer switch
            {
                { IsSuccessStatusCode: true } => new Reading.Sum(ExpectedChecksum.FromHeaders(name => Header(answer, name))),
                { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests } =>
                    new Reading.Unavailable($"{uri}: HEAD answered {(int)answer.StatusCode} {answer.ReasonPhrase}"),
                _ => new Reading.Sum(null),
            };
        }
        catch (Exception e) when (Unavailable(e, cancel) is not null)
        {
            return Unavailable(e, cancel)!;
        }
    }

    private Reading.Unavailable? Unavailable(Exception e, CancellationToken cancel) => e switch
    {
        HttpRequestException or IOException => new($"{uri}: {e.Message}"),
        // The handler's own time-out for connecting looks like a cancellation, but is nobody's.
        OperationCanceledException when !cancel.IsCancellationRequested => new($"{uri}: {e.InnerException?.Message ?? e.Message}"),
        Amazon.Runtime.AmazonClientException => new($"{uri}: no credentials to sign with: {e.Message}"),
        _ => null,
    };

    private async ValueTask<Uri> UrlAsync()
    {
        var url = _url;
        if (url is null || access.IsOld(url))
            _url = url = await access.PresignAsync(uri, HttpMethod.Get);
        return url.Url;
    }

    private static void Add(HttpRequestMessage request, Condition condition)
    {
        // Not parsed: what S3-like servers call an ETag isn't always one.
        if (condition is Condition.Only(var wanted))
            request.Headers.TryAddWithoutValidation("If-Match", wanted.ETag);
        else if (condition is Condition.Not(var have))
            request.Headers.TryAddWithoutValidation("If-None-Match", have.ETag);
    }

    private async Task<Reading> JudgeAsync(HttpResponseMessage answer, long offset, long length, Condition condition, CancellationToken cancel)
    {
        switch (answer.StatusCode)
        {
            case HttpStatusCode.PartialContent or HttpStatusCode.OK:
                return await ReadBodyAsync(answer, offset, length, condition, cancel);
            case HttpStatusCode.NotModified:
                return new Reading.NotModified();
            case HttpStatusCode.PreconditionFailed:
                return new Reading.Changed($"{uri} changed while it was copied");
            case HttpStatusCode.RequestedRangeNotSatisfiable when offset == 0:
                return new Reading.Refused($"{uri} is empty");
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                return new Reading.Changed($"{uri} became shorter while it was copied");
        }

        var (code, message) = await ReadErrorAsync(answer, cancel);
        var said = $"{uri}: {(int)answer.StatusCode} {code}{(message.Length > 0 ? $": {message}" : "")}";
        switch (answer.StatusCode)
        {
            case HttpStatusCode.NotFound:
                return new Reading.Gone(said);
            case HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests:
                return new Reading.Unavailable(said, Throttled: true);
            case HttpStatusCode.Forbidden:
                // Also S3's answer for a missing key where ListBucket isn't allowed, and for a signature that is too old.
                _url = null;
                return new Reading.Unavailable($"{said} (may the worker's credentials read this bucket? without s3:ListBucket a missing key looks like this too)");
            case HttpStatusCode.MovedPermanently:
                return new Reading.Refused($"{said} (another region: set Aws:Region, or name it in the source as s3://region/bucket/key)");
            case HttpStatusCode.TemporaryRedirect:
                // For a new bucket, until its name is known everywhere.
                return new Reading.Unavailable($"{said} (if this stays, another region: set Aws:Region, or name it in the source as s3://region/bucket/key)");
            case HttpStatusCode.BadRequest when code is "ExpiredToken" or "RequestTimeout":
                _url = null;
                return new Reading.Unavailable(said);
            case HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.MethodNotAllowed:
                return new Reading.Refused(said);
            default:
                return new Reading.Unavailable(said);
        }
    }

    private async Task<Reading> ReadBodyAsync(HttpResponseMessage answer, long offset, long length, Condition condition, CancellationToken cancel)
    {
        var etag = Header(answer, "ETag");
        if (string.IsNullOrEmpty(etag) || etag.StartsWith("W/", StringComparison.Ordinal))
            return new Reading.Unavailable($"{uri}: the server sent {(etag is null ? "no ETag, or two" : $"the weak ETag {etag}")}; without a strong one its parts can't be held together");

        var range = answer.Content.Headers.ContentRange;
        var body = answer.Content.Headers.ContentLength;
        var whole = answer.StatusCode == HttpStatusCode.OK;
        if (whole && offset > 0)
            return new Reading.Unavailable($"{uri}: the server ignored the Range header");
        if ((whole ? body : range?.Length) is not { } total)
            return new Reading.Unavailable($"{uri}: the server doesn't say how long the object is");

        var expected = whole ? total : Math.Min(length, total - offset);
        if (!whole && (range!.From != offset || range.To != offset + expected - 1 || body is { } b && b != expected))
            return new Reading.Unavailable($"{uri}: asked for bytes {offset} to {offset + length - 1}, the server sent {range}, {body} bytes");

        var version = new SourceVersion(etag, Header(answer, "x-amz-version-id"), answer.Content.Headers.LastModified, total);
        if (condition is Condition.Only(var wanted) && (wanted.ETag != etag || wanted.Length != total))
            return new Reading.Changed($"{uri} changed while it was copied: ETag {wanted.ETag}, now {etag}");
        if (expected == 0)
            return new Reading.Refused($"{uri} is empty");

        var checksum = ExpectedChecksum.FromHeaders(name => Header(answer, name));
        var stream = await answer.Content.ReadAsStreamAsync(cancel);
        return new Reading.Body(version, expected, stream, checksum, MayKeepMore: Header(answer, "x-amz-request-id") is not null, answer);
    }

    private static async Task<(string Code, string Message)> ReadErrorAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        const int enough = 4096;
        try
        {
            var bytes = new byte[enough];
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            var read = await body.ReadAtLeastAsync(bytes, enough, throwOnEndOfStream: false, cancel);
            var error = XDocument.Load(new MemoryStream(bytes, 0, read)).Root;
            return ((string?)error?.Element("Code") ?? "", (string?)error?.Element("Message") ?? "");
        }
        catch (Exception e) when (e is System.Xml.XmlException or IOException or HttpRequestException)
        {
            return (answer.ReasonPhrase ?? "", "");
        }
    }

    // Of two values nobody knows which is right.
    private static string? Header(HttpResponseMessage answer, string name) =>
        (answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values)) && values.Count == 1
            ? values.ToString()
            : null;
}
