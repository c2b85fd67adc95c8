using Understudy.Hosting;

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
            return new(RealPath.Of(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{Key} is {path}, which can't be made: {e.Message}", e);
        }
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);
}
