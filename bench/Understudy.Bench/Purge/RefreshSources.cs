using Amazon.Runtime;
using Amazon.S3;
using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Purge;

/// <summary>Two JP2s of different dimensions in the emulator's S3.</summary>
internal static class RefreshSources
{
    public const string Bucket = "bench-refresh";

    /// <summary>A source takes the turn of the other; dimensions follow from the length.</summary>
    public static readonly IReadOnlyList<string> Uris = [$"s3://{Bucket}/one.jp2", $"s3://{Bucket}/other.jp2"];

    private static readonly long[] Lengths = [1 << 20, 3 << 19];

    public static async Task PutAsync(Uri emulator, string folder, CancellationToken cancel)
    {
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials(ChildEnvironment.AccessKey, ChildEnvironment.SecretKey),
            new AmazonS3Config { ServiceURL = emulator.ToString().TrimEnd('/'), ForcePathStyle = true, AuthenticationRegion = ChildEnvironment.Region });
        await s3.PutBucketAsync(Bucket, cancel);
        foreach (var (uri, length) in Uris.Zip(Lengths))
        {
            var key = uri[(uri.LastIndexOf('/') + 1)..];
            var file = Path.Combine(folder, key);
            SyntheticJp2.Write(file, length, seed: length);
            await using var body = File.OpenRead(file);
            await s3.PutObjectAsync(new() { BucketName = Bucket, Key = key, InputStream = body }, cancel);
        }
    }
}
