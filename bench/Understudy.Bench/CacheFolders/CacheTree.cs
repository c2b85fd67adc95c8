using System.Globalization;

namespace Understudy.Bench.CacheFolders;

/// <summary>
/// A cache as Cantaloupe would have filled it: images of 19 tiles and an info each, in folders by their hash, last used at any time of the last
/// 60 days. What a run removed is made anew for the next one, so that each finds the same.
/// </summary>
internal sealed class CacheTree(string root, int files, DateTime now)
{
    private const int PerImage = 20;
    private static readonly byte[] Content = new byte[1_000];

    public string Root => root;

    public int Files => files;

    public void Fill()
    {
        for (var i = 0; i < files; i++)
        {
            var path = PathOf(i);
            if (File.Exists(path))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Content);
            File.SetLastWriteTimeUtc(path, now.AddDays(-90));
            File.SetLastAccessTimeUtc(path, now - Age(i));
        }
    }

    public int Count() => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Count();

    /// <summary>Of those that are there, the longest unused.</summary>
    public TimeSpan Oldest() => Enumerable.Range(0, files).Where(i => File.Exists(PathOf(i))).Max(Age);

    // From an hour to 60 days; neighbours have nothing in common.
    private static TimeSpan Age(int i) => TimeSpan.FromHours(1 + (Mix((ulong)i) % (60 * 24 * 3_600) / 3_600.0));

    private string PathOf(int i)
    {
        var image = Hash((ulong)(i / PerImage));
        var (folder, name) = i % PerImage == 0 ? ("info", $"{image}.json") : ("image", $"{image}_{Hash((ulong)i + (1UL << 40))}.jpg");
        return $"{root}/{folder}/{image[..2]}/{image[2..4]}/{image[4..6]}/{name}";
    }

    private static string Hash(ulong of) => string.Create(CultureInfo.InvariantCulture, $"{Mix(of):x16}{Mix(~of):x16}");

    /// <summary>The end of MurmurHash3: each bit of the number changes half of those that come out.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 33)) * 0xff51afd7ed558ccd;
        x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53;
        return x ^ (x >> 33);
    }
}
