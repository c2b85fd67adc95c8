using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Understudy.Integration.Tests.TestKit;

[assembly: AssemblyFixture(typeof(FauxqsServer))]

namespace Understudy.Integration.Tests.TestKit;

/// <summary>SQS, SNS and S3 for the whole run, on loopback (<c>tests/emulator</c>). Checks no signatures; keeps objects in memory.</summary>
public sealed class FauxqsServer : IAsyncLifetime
{
    // It refuses bodies above 11 MiB, and S3 refuses parts below 5.
    private const int PartSize = 8 << 20;

    private ChildScript? _server;

    /// <summary>For <c>Aws:ServiceUrl</c>, of all three services. Any key and secret will do.</summary>
    public string ServiceUrl { get; private set; } = "";

    public AmazonS3Client S3 { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var launcher = Path.Combine(RepositoryRoot(), "tests", "emulator", "faux.mjs");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(launcher)!, "node_modules")))
            throw new InvalidOperationException("the emulator is not installed: run ./test once, or npm ci in tests/emulator");
        var node = Environment.GetEnvironmentVariable("TEST_NODE") is { Length: > 0 } given ? given : "node";
        _server = await ChildScript.StartAsync(user: null, node, launcher, "0", "--until-stdin-ends");
        ServiceUrl = $"http://127.0.0.1:{_server.Ready[0]}";
        S3 = NewS3Client();
    }

    public AmazonS3Client NewS3Client() => new(new BasicAWSCredentials("test", "test"), new AmazonS3Config
    {
        ServiceURL = ServiceUrl,
        AuthenticationRegion = "us-east-1",
        ForcePathStyle = true,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <summary>A bucket of the test's own.</summary>
    public async Task<string> NewBucketAsync()
    {
        var bucket = $"test-{Guid.NewGuid():n}";
        await S3.PutBucketAsync(bucket);
        return bucket;
    }

    /// <summary>Stores <paramref name="bytes"/>; above 8 MiB, or where asked, in parts, which gives an ETag that is no MD5.</summary>
    /// <returns>The object's ETag, with its quotes.</returns>
    public async Task<string> PutAsync(string bucket, string key, ReadOnlyMemory<byte> bytes, bool inParts = false)
    {
        if (bytes.Length > PartSize || inParts)
            return await PutInPartsAsync(bucket, key, bytes);
        using var body = new MemoryStream(bytes.ToArray());
        return (await S3.PutObjectAsync(new() { BucketName = bucket, Key = key, InputStream = body })).ETag;
    }

    private async Task<string> PutInPartsAsync(string bucket, string key, ReadOnlyMemory<byte> bytes)
    {
        var upload = (await S3.InitiateMultipartUploadAsync(bucket, key)).UploadId;
        var parts = new List<PartETag>();
        for (var offset = 0; offset < bytes.Length; offset += PartSize)
        {
            using var body = new MemoryStream(bytes.Slice(offset, Math.Min(PartSize, bytes.Length - offset)).ToArray());
            var part = await S3.UploadPartAsync(new() { BucketName = bucket, Key = key, UploadId = upload, PartNumber = parts.Count + 1, InputStream = body });
            parts.Add(new(parts.Count + 1, part.ETag));
        }
        var done = await S3.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts });
        return done.HttpStatusCode == HttpStatusCode.OK ? done.ETag : throw new InvalidOperationException($"upload of {key} answered {done.HttpStatusCode}");
    }

    internal static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Worker.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
        return folder.FullName;
    }

    public async ValueTask DisposeAsync()
    {
        S3?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
