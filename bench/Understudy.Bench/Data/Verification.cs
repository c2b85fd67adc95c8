namespace Understudy.Bench.Data;

/// <summary>Whether a folder holds a set, byte for byte; where in the folder a file lies doesn't matter.</summary>
internal static class Verification
{
    private const int BufferBytes = 1 << 20;

    /// <returns>What is wrong, or null.</returns>
    public static string? Error(DataFolder data, DataSet set, string folder)
    {
        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToLookup(p => Path.GetFileName(p));
        string? error = null;
        Parallel.ForEach(set.Names, (name, loop) =>
        {
            if (Error(data.PathOf(set, name), found[DataSet.Key(name)].ToArray()) is not { } wrong)
                return;
            Interlocked.CompareExchange(ref error, $"{name}: {wrong}", null);
            loop.Stop();
        });
        return error;
    }

    private static string? Error(string source, string[] copies) =>
        copies.Length != 1 ? $"{copies.Length} files of that name, not 1"
        : new FileInfo(source).Length != new FileInfo(copies[0]).Length ? "its length differs"
        : !Same(source, copies[0]) ? "its bytes differ"
        : null;

    private static bool Same(string left, string right)
    {
        using var a = File.OpenHandle(left);
        using var b = File.OpenHandle(right);
        byte[] x = new byte[BufferBytes], y = new byte[BufferBytes];
        for (long at = 0; ;)
        {
            // Regular files are read whole: less than was asked for is the end.
            var read = RandomAccess.Read(a, x, at);
            if (read != RandomAccess.Read(b, y, at) || !x.AsSpan(0, read).SequenceEqual(y.AsSpan(0, read)))
                return false;
            if (read == 0)
                return true;
            at += read;
        }
    }
}
