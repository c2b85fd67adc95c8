using Understudy.Bench.Serving;

namespace Understudy.Bench.Data;

/// <summary>Where the buckets lie: in memory where there is room, so that no disk is measured along with the tools; else on disk.</summary>
/// <param name="InMemory">Whether it is on tmpfs.</param>
internal sealed record DataFolder(string Root, bool InMemory)
{
    private const string Memory = "/dev/shm";

    /// <summary>Besides the sets, tmpfs has to hold the largest of them once more as the destination, and the machine has to go on.</summary>
    private const long Spare = 6L << 30;

    public static DataFolder Choose(string repository, IReadOnlyCollection<DataSet> sets)
    {
        var inMemory = Path.Combine(Memory, "understudy-bench-data");
        var missing = sets.Where(s => !Directory.Exists(Path.Combine(inMemory, s.Bucket))).Sum(s => s.Bytes);
        return RoomInMemory() > missing + Spare
            ? new DataFolder(inMemory, true)
            : new DataFolder(Path.Combine(repository, "bench/.data/buckets"), false);
    }

    /// <summary>Makes the bucket unless an earlier run did.</summary>
    public void Make(DataSet set)
    {
        var bucket = PathOf(set);
        if (!Directory.Exists(bucket))
        {
            var unfinished = Path.Combine(Root, $".{set.Bucket}.unfinished");
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            Directory.CreateDirectory(unfinished);
            Parallel.ForEach(set.Keys, (key, _, n) => SyntheticJp2.Write(Path.Combine(unfinished, key), set.FileBytes, seed: set.Files + (n << 32)));
            Directory.Move(unfinished, bucket);
        }

        Listing.Write(Root, set);
    }

    public string PathOf(DataSet set) => Path.Combine(Root, set.Bucket);

    public string PathOf(DataSet set, string name) => Path.Combine(Root, set.Bucket, DataSet.Key(name));

    private static long RoomInMemory()
    {
        if (!Directory.Exists(Memory))
            return 0;
        // tmpfs promises more than the machine may have left.
        var available = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var kilobytes = long.Parse(available.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        return Math.Min(new DriveInfo(Memory).AvailableFreeSpace, kilobytes << 10);
    }
}
