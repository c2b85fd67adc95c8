namespace Understudy.Catalogue;

/// <summary>The key without a section.</summary>
internal sealed class DataDirectoryOptions
{
    /// <summary>A folder that this worker has for itself: private PostgreSQL, identity, default store. Relative to where the worker was started.</summary>
    public string DataDirectory { get; set; } = "data";
}

/// <summary><c>DataDirectory</c>: what this worker keeps for itself. An absolute path without symbolic links, so that it compares equal to what the kernel says of it.</summary>
internal sealed record DataDirectory(string Path)
{
    public const string Key = nameof(DataDirectoryOptions.DataDirectory);

    /// <exception cref="StartRefusedException">The folder can't be made.</exception>
    public static DataDirectory From(DataDirectoryOptions options)
    {
        var path = System.IO.Path.GetFullPath(options.DataDirectory);
        try
        {
            Directory.CreateDirectory(path);
            return new(WithoutLinks(System.IO.Path.TrimEndingDirectorySeparator(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{Key} is {path}, which can't be made: {e.Message}", e);
        }
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    private static string WithoutLinks(string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is not { } parent)
            return path;
        var here = System.IO.Path.Combine(WithoutLinks(parent), System.IO.Path.GetFileName(path));
        return new DirectoryInfo(here).ResolveLinkTarget(returnFinalTarget: true) is { } target ? WithoutLinks(target.FullName) : here;
    }
}
