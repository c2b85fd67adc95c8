using Understudy.Hosting;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>Whether a folder may be swept at all.</summary>
internal static class CacheRoot
{
    /// <param name="others">What is never swept, by the names of their settings: the store, folders of sources.</param>
    /// <returns>Null: it may. Else what goes on after the folder's name.</returns>
    public static string? FaultOf(string root, IEnumerable<(string Key, string Path)> others)
    {
        if (!Path.IsPathFullyQualified(root))
            return "must be an absolute path";
        try
        {
            if (!Directory.Exists(root))
                return "must be there already: there is no such folder";
            var real = RealPath.Of(root);
            if (Path.GetDirectoryName(real) is null)
                return "must not be the root of the file system";
            foreach (var (key, path) in others)
            {
                if (Overlap(real, RealPath.Of(path)))
                    return $"must neither contain nor lie in {key} ({path})";
            }

            return CacheKinds.All.Any(k => Directory.Exists(Path.Combine(real, k.Folder()))) || !Directory.EnumerateFileSystemEntries(real).Any()
                ? null
                : "must be a folder of Cantaloupe's FilesystemCache: it has neither image nor info nor source in it, and isn't empty";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"must be readable: {e.Message}";
        }
    }

    public static bool Overlap(string one, string other)
    {
        var (a, b) = (WithSeparator(one), WithSeparator(other));
        return a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);
    }

    private static string WithSeparator(string path) => Path.IsPathFullyQualified(path) ? Path.GetFullPath(path).TrimEnd('/') + "/" : path;
}
