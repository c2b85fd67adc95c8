using System.Text.Json.Serialization;

namespace Understudy.Bench.Data;

/// <summary>Files of one size, in a bucket of their own so that a listing of it needs no prefix.</summary>
internal sealed record DataSet(string Name, string Title, int Files, long FileBytes)
{
    public static readonly DataSet One = new("one", "1 file of 1 GiB", 1, 1L << 30);
    public static readonly DataSet Medium = new("medium", "500 files of 4 MiB", 500, 4L << 20);
    public static readonly DataSet Small = new("small", "5,000 files of 256 KiB", 5000, 256L << 10);

    /// <summary>What nobody gets to the end of: nginx serves its bucket at a trickle.</summary>
    public static readonly DataSet Trickle = new("trickle", "1 file of 4 MiB", 1, 4L << 20);

    public static readonly IReadOnlyList<DataSet> Copied = [One, Medium, Small];

    public string Bucket => $"bench-{Name}";

    public long Bytes => Files * FileBytes;

    /// <summary>The keys without their ending: also the last part of the asset ids.</summary>
    [JsonIgnore]
    public IEnumerable<string> Names => Enumerable.Range(1, Files).Select(n => $"{Name}-{n:D5}");

    [JsonIgnore]
    public IEnumerable<string> Keys => Names.Select(Key);

    public static string Key(string name) => $"{name}.jp2";
}
