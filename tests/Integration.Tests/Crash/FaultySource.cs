using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>An S3 that fails at random, by a seed: about one request in five meets throttling, a reset, a short, slow or wrong answer.</summary>
internal sealed class FaultySource : ICrashSource
{
    private readonly FaultyS3 _s3;
    private readonly int _seed;

    private FaultySource(FaultyS3 s3, int seed)
    {
        (_s3, _seed) = (s3, seed);
        _s3.Script = Misfortune;
        // A bucket exists for as long as there is something in it.
        _s3.Put(Bucket, "keep", [0]);
    }

    public string ServiceUrl => _s3.Address.ToString().TrimEnd('/');

    public string Bucket => "crash";

    public static async Task<FaultySource> StartAsync(int seed) => new(await FaultyS3.StartAsync(), seed);

    public Task PutAsync(string key, byte[] bytes, bool inParts)
    {
        _s3.Put(Bucket, key, inParts ? FaultyObject.OfParts(bytes, 8 << 20) : FaultyObject.Of(bytes));
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string key)
    {
        _s3.Delete(Bucket, key);
        return Task.CompletedTask;
    }

    public long Served(string key) => _s3.Traffic.BytesSent(key);

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    private Fault? Misfortune(FaultyRequest request)
    {
        var random = new Random(HashCode.Combine(_seed, request.Number));
        var bytes = random.Next(200_000);
        return random.Next(100) switch
        {
            < 4 => Fault.SlowDown,
            < 5 => Fault.TooManyRequests,
            < 6 => Fault.InternalError,
            < 8 => Fault.ResetBeforeHeaders,
            < 11 => Fault.ResetAfter(bytes),
            < 14 => Fault.CloseAfter(bytes),
            < 15 => Fault.ShorterBody(bytes),
            < 16 => Fault.StallAfter(bytes),
            < 17 => Fault.WholeInsteadOfRange,
            < 18 => Fault.WrongContentRange,
            < 20 => Fault.SlowFirstByte(TimeSpan.FromMilliseconds(random.Next(300))),
            < 22 => Fault.Trickle(4096, TimeSpan.FromMilliseconds(2)),
            _ => null,
        };
    }
}
