namespace Understudy.Hosting;

/// <summary>An absolute path without symbolic links in any of its components, so that it compares equal to what the kernel says of an open file.</summary>
internal static class RealPath
{
    /// <summary>Components that don't exist stay as they are.</summary>
    /// <exception cref="IOException">Links that lead in a circle.</exception>
    public static string Of(string path) => WithoutLinks(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    private static string WithoutLinks(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        var here = new DirectoryInfo(Path.Combine(WithoutLinks(parent), Path.GetFileName(path)));
        return here.LinkTarget is not null && here.ResolveLinkTarget(returnFinalTarget: true) is { } target ? WithoutLinks(target.FullName) : here.FullName;
    }
}
