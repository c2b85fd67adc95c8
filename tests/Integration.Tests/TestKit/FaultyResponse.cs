using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>Answers one request: as S3 would, but for the fault.</summary>
internal sealed class FaultyResponse(HttpContext context, FaultyExchange exchange, TimeProvider time, CancellationToken stop)
{
    private const int PieceSize = 64 * 1024;

    private readonly Fault _fault = exchange.Fault ?? new Fault();

    public async Task ErrorAsync(S3Error error)
    {
        await BeforeHeadersAsync();
        foreach (var (name, value) in error.Headers)
            context.Response.Headers[name] = value;
        exchange.Status = context.Response.StatusCode = error.Status;
        context.Response.ContentType = "application/xml";
        if (!IsHead)
            await context.Response.WriteAsync(error.Xml(exchange.Request.Key), stop);
    }

    public async Task NotModifiedAsync(FaultyObject source)
    {
        await BeforeHeadersAsync();
        exchange.Status = context.Response.StatusCode = 304;
        context.Response.Headers.ETag = source.ETag;
    }

    public async Task ObjectAsync(FaultyObject source, ByteRange? asked)
    {
        await BeforeHeadersAsync();
        var range = _fault.IgnoresRange ? null : asked;
        var body = range ?? new ByteRange(0, source.Length - 1);
        Headers(source, range, body);
        var sends = Math.Min(body.Length, _fault.BodyBytes ?? long.MaxValue);
        context.Response.ContentLength = _fault.End == BodyEnd.Lie ? sends : body.Length;
        if (IsHead)
            return;

        await context.Response.StartAsync(stop);
        await BodyAsync(source, body with { Last = body.First + sends - 1 });
        if (sends < body.Length)
            await context.EndAsync(_fault.End, time, stop);
    }

    private bool IsHead => HttpMethods.IsHead(context.Request.Method);

    private async Task BeforeHeadersAsync()
    {
        if (_fault.FirstByteDelay > TimeSpan.Zero)
            await Task.Delay(_fault.FirstByteDelay, time, stop);
        if (_fault.BeforeHeaders is { } end)
            await context.EndAsync(end, time, stop);
    }

    private void Headers(FaultyObject source, ByteRange? range, ByteRange body)
    {
        var headers = context.Response.Headers;
        exchange.Status = context.Response.StatusCode = range is null ? 200 : 206;
        context.Response.ContentType = "image/jp2";
        headers.AcceptRanges = "bytes";
        headers["x-amz-request-id"] = "FAULTY";
        headers.LastModified = Twice(source.LastModifiedText, FaultyObject.DefaultLastModified.AddYears(1).ToString("R", CultureInfo.InvariantCulture));
        if (!_fault.HidesETag)
            headers.ETag = Twice(source.ETag, "\"00000000000000000000000000000000\"");
        if (source.VersionId is not null)
            headers["x-amz-version-id"] = source.VersionId;
        foreach (var (name, value) in source.Headers)
            headers[name] = value;
        if (range is not null)
            headers.ContentRange = Twice(ContentRange(body, _fault.ContentRangeShift, source.Length), ContentRange(body, 7, source.Length));

        // S3 leaves the checksums out of a part of an object (minio#17105, ceph#61901), but not of "bytes=0-" (botocore#3346).
        if (context.Request.Headers["x-amz-checksum-mode"] == "ENABLED" && body.Length == source.Length)
        {
            foreach (var (name, value) in source.Checksums)
                headers[name] = value;
        }
    }

    private StringValues Twice(string value, string other) => _fault.DuplicatesHeaders ? new StringValues([value, other]) : new StringValues(value);

    private static string ContentRange(ByteRange range, long shift, long length) =>
        $"bytes {range.First + shift}-{range.Last + shift}/{length}";

    private async Task BodyAsync(FaultyObject source, ByteRange range)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            var size = Math.Min(PieceSize, _fault.TrickleBytes ?? PieceSize);
            for (var offset = range.First; offset <= range.Last;)
            {
                if (_fault.TrickleBytes is not null)
                    await Task.Delay(_fault.TricklePause, time, stop);
                var piece = buffer.AsMemory(0, (int)Math.Min(size, range.Last - offset + 1));
                source.Read(offset, piece.Span);
                if (_fault.CorruptAt is { } at && at >= offset && at < offset + piece.Length)
                    piece.Span[(int)(at - offset)] ^= 1;
                await context.Response.Body.WriteAsync(piece, stop);
                exchange.Sent(piece.Length);
                offset += piece.Length;
            }

            await context.Response.Body.FlushAsync(stop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
