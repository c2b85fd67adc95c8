using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>
/// How many files, and bytes, were last used how long ago. Each bucket reaches 7 % further back than the one before, from a minute to a
/// century: memory is the same for a thousand files and for a billion, and a cut-off at ten days is exact to 17 hours.
/// </summary>
internal sealed class AgeHistogram
{
    /// <summary>What must not go, whatever its age.</summary>
    public const int Untouchable = 0;

    private const int Buckets = 256;
    private const double Shortest = 60;
    private const double Longest = 100 * 365.25 * 86_400;

    private static readonly double PerBucket = Math.Log(Longest / Shortest) / (Buckets - 2);

    private readonly long[] _files = new long[Buckets];
    private readonly long[] _bytes = new long[Buckets];

    public static int Last => Buckets - 1;

    public (long Files, long Bytes) this[int bucket] => (_files[bucket], _bytes[bucket]);

    /// <param name="age">At the sweep's beginning, so that a file is in the same bucket whenever it is looked at.</param>
    public static int BucketOf(TimeSpan age, TimeSpan untouchableUntil) =>
        age < untouchableUntil ? Untouchable
        : age.TotalSeconds <= Shortest ? 1
        : Math.Min(1 + (int)(Math.Log(age.TotalSeconds / Shortest) / PerBucket), Last);

    /// <summary>The other way round: what is in the bucket is at least that old.</summary>
    public static TimeSpan Youngest(int bucket, TimeSpan untouchableUntil)
    {
        var age = bucket <= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Shortest * Math.Exp((bucket - 1) * PerBucket));
        return age > untouchableUntil ? age : untouchableUntil;
    }

    /// <summary>atime where it is kept. Elsewhere that stays what it was when the file was made, and mtime is all there is.</summary>
    public static DateTimeOffset LastUse(in Entry file) => file.Accessed > file.Modified ? file.Accessed : file.Modified;

    public void Add(int bucket, long files, long bytes)
    {
        _files[bucket] += files;
        _bytes[bucket] += bytes;
    }

    /// <summary>For a checkpoint: bucket, files and bytes of those that aren't empty.</summary>
    public long[][] ToRows() => [.. Enumerable.Range(0, Buckets).Where(i => _files[i] > 0).Select(i => new[] { i, _files[i], _bytes[i] })];

    public static AgeHistogram From(long[][] rows)
    {
        var histogram = new AgeHistogram();
        foreach (var row in rows)
            histogram.Add((int)row[0], row[1], row[2]);
        return histogram;
    }
}
