using Understudy.Bench.Data;
using Understudy.Contracts;
using Understudy.Copying.Store;

namespace Understudy.Bench.Scavenge;

/// <summary>
/// A store as DLCS would have filled it: an image a folder, by the default template, last read at any time of the last 60 days. What a run removed is made
/// anew for the next one, so that each finds the same.
/// </summary>
internal sealed class StoreTree(string root, int files, DateTime now)
{
    /// <summary>The least that every check of a JP2 accepts, and a page of memory each.</summary>
    public const int Bytes = 400;

    private const int PerSpace = 1_000;

    public static readonly PathTemplate Template = PathTemplate.TryCreate(new StorageOptions().PathTemplate, "/", out var template, out var reason) ? template! : throw new BenchException($"{reason}");

    public string Root => root;

    public int Files => files;

    /// <summary>Those that were read the longest ago first.</summary>
    public IReadOnlyList<int> Oldest { get; } = [.. Enumerable.Range(0, files).OrderByDescending(Age)];

    public void Fill()
    {
        var first = Path.Combine(Directory.CreateDirectory(root).Parent!.FullName, "one.jp2");
        File.Delete(first);
        SyntheticJp2.Write(first, Bytes, seed: 1);
        var content = File.ReadAllBytes(first);
        for (var i = 0; i < files; i++)
        {
            var path = PathOf(i);
            if (File.Exists(path))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
            File.SetLastWriteTimeUtc(path, now.AddDays(-90));
            File.SetLastAccessTimeUtc(path, UsedAt(i));
        }
    }

    public DateTime UsedAt(int i) => now - Age(i);

    public static AssetId Id(int i) => AssetId.Parse($"1/{1 + (i / PerSpace)}/image-{i % PerSpace:D5}");

    public static string Relative(int i) => Template.Resolve(Id(i)) is PathResult.Resolved(var path) ? path.Text : throw new BenchException($"{Id(i)} has no path");

    public string PathOf(int i) => Path.Combine(root, Relative(i));

    public int Count() => Directory.EnumerateFiles(root, "*.jp2", SearchOption.AllDirectories).Count();

    // From an hour to 60 days, in seconds; neighbours have nothing in common.
    private static TimeSpan Age(int i) => TimeSpan.FromSeconds(3_600 + (((ulong)i + 1) * 0x9E3779B97F4A7C15 >> 20) % (60 * 24 * 3_600));
}
