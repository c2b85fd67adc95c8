#pragma warning disable CA5351 // S3's ETags are MD5s.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Time.Testing;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>The fault server itself, seen by a plain <see cref="HttpClient"/>.</summary>
public sealed class FaultyS3Tests : IAsyncLifetime
{
    private const string Key = "a/ü b+c%2F.jp2";
    private static readonly byte[] Bytes = FaultyObject.Generated(300_000, seed: 1).Bytes(0, 300_000);

    private readonly FakeTimeProvider _time = new();
    private readonly HttpClient _http = new();
    private FaultyS3 _s3 = null!;

    public async ValueTask InitializeAsync()
    {
        _s3 = await FaultyS3.StartAsync(_time);
        _s3.Put("bucket", Key, FaultyObject.Of(Bytes).WithChecksum("sha256").WithChecksum("crc64nvme"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _s3.DisposeAsync();
    }

    [Fact]
    public async Task Get_serves_the_object_with_its_etag()
    {
        using var response = await GetAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Bytes, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(Bytes))}\"", response.Headers.ETag!.ToString());
        Assert.False(response.Headers.Contains("x-amz-checksum-sha256"));
        Assert.Equal(Bytes.Length, _s3.Traffic.BytesSent(Key));
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=299990-", 299_990, 10)]
    [InlineData("bytes=-5", 299_995, 5)]
    [InlineData("bytes=299999-400000", 299_999, 1)]
    public async Task Get_of_a_range_serves_the_part(string range, int from, int count)
    {
        using var response = await GetAsync(range);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(Part(from, count), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal($"bytes {from}-{from + count - 1}/300000", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal((count, 1), (_s3.Traffic.BytesSent(Key, range), _s3.Traffic.RequestsOf(Key, range)));
    }

    [Fact]
    public async Task Get_beyond_the_end_is_an_invalid_range()
    {
        await AssertErrorAsync(await GetAsync("bytes=300000-"), HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange");
    }

    [Fact]
    public async Task Get_honours_conditions()
    {
        var etag = (await GetAsync("bytes=0-0")).Headers.ETag!.ToString();
        await AssertErrorAsync(await GetAsync("bytes=0-9", ("If-Match", "\"other\"")), HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        Assert.Equal(HttpStatusCode.PartialContent, (await GetAsync("bytes=0-9", ("If-Match", etag))).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(null, ("If-None-Match", etag))).StatusCode);
    }

    [Fact]
    public async Task Checksums_come_with_the_whole_object_and_not_with_a_part_of_it()
    {
        var mode = ("x-amz-checksum-mode", "ENABLED");
        var expected = Convert.ToBase64String(SHA256.HashData(Bytes));
        foreach (var range in new[] { null, "bytes=0-" })
            Assert.Equal(expected, (await GetAsync(range, mode)).Headers.GetValues("x-amz-checksum-sha256").Single());
        Assert.False((await GetAsync("bytes=0-9", mode)).Headers.Contains("x-amz-checksum-sha256"));

        using var head = new HttpRequestMessage(HttpMethod.Head, _s3.UrlOf("bucket", Key));
        head.Headers.Add(mode.Item1, mode.Item2);
        using var response = await _http.SendAsync(head);
        Assert.Equal((Bytes.Length, true), ((int)response.Content.Headers.ContentLength!, response.Headers.Contains("x-amz-checksum-crc64nvme")));
    }

    [Theory]
    [InlineData("crc32", "cbf43926")]
    [InlineData("crc32c", "e3069283")]
    [InlineData("crc64nvme", "ae8b14860a799888")]
    public void Reference_checksums_have_the_catalogued_check_values(string algorithm, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(ReferenceChecksum.Of(algorithm, Encoding.ASCII.GetBytes("123456789"))));

    [Fact]
    public void Object_in_parts_has_an_etag_of_the_parts_form()
    {
        var parts = MD5.HashData(Bytes.AsSpan(0, 200_000)).Concat(MD5.HashData(Bytes.AsSpan(200_000))).ToArray();
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(parts))}-2\"", FaultyObject.OfParts(Bytes, 200_000).ETag);
    }

    [Fact]
    public async Task Generated_object_is_the_same_in_any_pieces_and_needs_no_memory()
    {
        _s3.Put("bucket", "huge", FaultyObject.Generated(1L << 42, seed: 3));
        var far = await GetBytesAsync("huge", $"bytes={(1L << 41) + 3}-{(1L << 41) + 50_002}");
        Assert.Equal(await GetBytesAsync("huge", $"bytes={(1L << 41) + 20_000}-{(1L << 41) + 20_099}"), far[19_997..20_097]);
    }

    [Fact]
    public async Task Missing_things_are_told_apart()
    {
        await AssertErrorAsync(await _http.GetAsync(_s3.UrlOf("bucket", "none")), HttpStatusCode.NotFound, "NoSuchKey");
        await AssertErrorAsync(await _http.GetAsync(_s3.UrlOf("other", "none")), HttpStatusCode.NotFound, "NoSuchBucket");
        await AssertErrorAsync(await _http.GetAsync(new Uri(_s3.UrlOf("bucket", Key) + "?versionId=x")), HttpStatusCode.NotFound, "NoSuchVersion");
    }

    [Fact]
    public async Task Errors_are_worded_as_s3_words_them()
    {
        var faults = new (Fault Fault, int Status, string Text)[]
        {
            (Fault.SlowDown, 503, "<Code>SlowDown</Code>"), (Fault.InternalError, 500, "<Code>InternalError</Code>"),
            (Fault.AccessDenied, 403, "<Message>Access Denied</Message>"), (Fault.ExpiredPresign, 403, "<Message>Request has expired</Message>"),
            (Fault.PermanentRedirect("eu-west-1"), 301, "<Endpoint>s3.eu-west-1.amazonaws.com</Endpoint>"),
            (Fault.WrongRegion("eu-west-1"), 400, "<Region>eu-west-1</Region>"),
        };
        foreach (var (fault, status, text) in faults)
        {
            _s3.Script = FaultScript.Always(fault);
            using var response = await GetAsync();
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Script_fails_the_first_requests_of_each_range()
    {
        _s3.Script = FaultScript.FirstOfEachRange(1, Fault.SlowDown);
        var statuses = new List<int>();
        foreach (var range in new[] { "bytes=0-9", "bytes=0-9", "bytes=10-19", "bytes=10-19" })
            statuses.Add((int)(await GetAsync(range)).StatusCode);
        Assert.Equal([503, 206, 503, 206], statuses);
        Assert.Equal(20, _s3.Traffic.BytesSent(Key));
    }

    [Fact]
    public async Task Reset_is_a_reset()
    {
        foreach (var fault in new[] { Fault.ResetAfter(1_000), Fault.ResetBeforeHeaders })
        {
            _s3.Script = FaultScript.Always(fault);
            var error = await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetBytesAsync(Key));
            var socket = Assert.IsType<SocketException>(error.GetBaseException());
            Assert.Equal(SocketError.ConnectionReset, socket.SocketErrorCode);
        }
    }

    [Fact]
    public async Task Closed_body_arrives_up_to_the_place_where_it_stops()
    {
        _s3.Script = FaultScript.Always(Fault.CloseAfter(100_000));
        using var response = await _http.GetAsync(_s3.UrlOf("bucket", Key), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(Bytes.Length, response.Content.Headers.ContentLength);
        await using var body = await response.Content.ReadAsStreamAsync();
        var read = new byte[100_000];
        await body.ReadExactlyAsync(read);
        Assert.Equal(Part(0, 100_000), read);
        var error = await Assert.ThrowsAsync<HttpIOException>(async () => await body.ReadExactlyAsync(read));
        Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
    }

    [Fact]
    public async Task Lying_body_looks_complete()
    {
        _s3.Script = FaultScript.Always(Fault.ShorterBody(50));
        using var response = await GetAsync("bytes=0-99");
        Assert.Equal(50, (await response.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal("bytes 0-99/300000", response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task Stalled_response_ends_when_the_client_gives_up()
    {
        _s3.Script = FaultScript.Always(Fault.StallBeforeHeaders);
        using var cancel = new CancellationTokenSource();
        var silent = _http.GetAsync(_s3.UrlOf("bucket", Key), cancel.Token);
        _s3.Script = FaultScript.Always(Fault.StallAfter(10));
        using var response = await _http.GetAsync(_s3.UrlOf("bucket", Key), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[10]);
        var rest = body.ReadAsync(new byte[1], cancel.Token).AsTask();
        Assert.Equal((false, false), (silent.IsCompleted, rest.IsCompleted));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silent);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rest);
    }

    [Fact]
    public async Task Slow_first_byte_waits_for_the_server_s_clock()
    {
        _s3.Script = FaultScript.Always(Fault.SlowFirstByte(TimeSpan.FromSeconds(5)));
        var response = GetAsync();
        while (!response.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.OK, (await response).StatusCode);
        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Headers_can_be_wrong_missing_or_doubled()
    {
        _s3.Script = FaultScript.Always(Fault.WrongContentRange);
        Assert.Equal("bytes 1-10/300000", (await GetAsync("bytes=0-9")).Content.Headers.ContentRange!.ToString());
        _s3.Script = FaultScript.Always(Fault.NoETag);
        Assert.Null((await GetAsync("bytes=0-9")).Headers.ETag);
        _s3.Script = FaultScript.Always(Fault.DuplicateHeaders);
        Assert.Equal(2, (await GetAsync("bytes=0-9")).Headers.NonValidated["ETag"].Count);
        _s3.Script = FaultScript.Always(Fault.WholeInsteadOfRange);
        Assert.Equal((200, 300_000), ((int)(await GetAsync("bytes=0-9")).StatusCode, (await GetBytesAsync(Key, "bytes=0-9")).Length));
    }

    [Fact]
    public async Task Corrupt_byte_is_the_only_wrong_one()
    {
        _s3.Script = FaultScript.Always(Fault.Corrupt(250_000));
        var got = await GetBytesAsync(Key);
        Assert.Equal([250_000], Enumerable.Range(0, Bytes.Length).Where(i => got[i] != Bytes[i]));
        Assert.Equal(Part(0, 100), await GetBytesAsync(Key, "bytes=0-99"));
    }

    [Fact]
    public async Task Object_replaced_between_ranges_fails_the_condition()
    {
        var etag = (await GetAsync("bytes=0-0")).Headers.ETag!.ToString();
        _s3.Script = FaultScript.First(2, Fault.ReplaceWith(FaultyObject.Of([1, 2, 3])));
        Assert.Equal(HttpStatusCode.PartialContent, (await GetAsync("bytes=0-9", ("If-Match", etag))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await GetAsync("bytes=10-19", ("If-Match", etag))).StatusCode);
    }

    [Fact]
    public async Task Traffic_tells_signed_requests_and_the_most_connections_at_once()
    {
        await _http.GetAsync(new Uri(_s3.UrlOf("bucket", Key) + "?X-Amz-Signature=abc"));
        await GetAsync();
        Assert.Equal([true, false], _s3.Traffic.Exchanges.Select(e => e.Request.IsSigned));

        _s3.Script = FaultScript.Always(Fault.StallAfter(1));
        using var cancel = new CancellationTokenSource();
        foreach (var _ in Enumerable.Range(0, 3))
            (await _http.GetAsync(_s3.UrlOf("bucket", Key), HttpCompletionOption.ResponseHeadersRead, cancel.Token)).EnsureSuccessStatusCode();
        Assert.Equal(3, _s3.Traffic.Connections.Mark);
        // A request counts until its handler is through, which can be after the client has its response.
        Assert.InRange(_s3.Traffic.ConcurrentRequests.Mark, 3, 5);
    }

    [Fact]
    public async Task Sdk_takes_it_for_s3()
    {
        using var sdk = new AmazonS3Client("key", "secret", new AmazonS3Config { ServiceURL = _s3.Address.ToString(), ForcePathStyle = true, MaxErrorRetry = 0 });
        var request = new GetObjectRequest { BucketName = "bucket", Key = Key, ByteRange = new Amazon.S3.Model.ByteRange(10, 19) };
        using var part = await sdk.GetObjectAsync(request);
        var got = new byte[10];
        await part.ResponseStream.ReadExactlyAsync(got);
        Assert.Equal(Part(10, 10), got);
        Assert.True(_s3.Traffic.Exchanges.Single().Request.IsSigned);

        _s3.Script = FaultScript.Always(Fault.SlowDown);
        var error = await Assert.ThrowsAsync<AmazonS3Exception>(() => sdk.GetObjectAsync(request));
        Assert.Equal(("SlowDown", HttpStatusCode.ServiceUnavailable), (error.ErrorCode, error.StatusCode));
    }

    private static byte[] Part(int from, int count) => Bytes[from..(from + count)];

    private async Task<HttpResponseMessage> GetAsync(string? range = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _s3.UrlOf("bucket", Key));
        if (range is not null)
            request.Headers.Range = RangeHeaderValue.Parse(range);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await _http.SendAsync(request);
    }

    private async Task<byte[]> GetBytesAsync(string key, string? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _s3.UrlOf("bucket", key));
        if (range is not null)
            request.Headers.Range = RangeHeaderValue.Parse(range);
        using var response = await _http.SendAsync(request);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Contains($"<Code>{code}</Code>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
