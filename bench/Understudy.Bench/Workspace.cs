namespace Understudy.Bench;

/// <summary>The folders of one run, on disk and in memory; they go with it.</summary>
internal sealed class Workspace : IDisposable
{
    public const string Memory = "/dev/shm";

    // On disk, unlike /tmp on some systems; and, unlike a checkout below /root, open to the user that runs PostgreSQL.
    private const string Disk = "/var/tmp";

    private readonly string _inMemory;

    public Workspace()
    {
        var name = $"understudy-bench-{Environment.ProcessId}";
        Folder = Directory.CreateDirectory(Path.Combine(Disk, name)).FullName;
        _inMemory = Directory.CreateDirectory(Path.Combine(Memory, name)).FullName;
    }

    public string Folder { get; }

    public static void Empty(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } inner)
                inner.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_inMemory, recursive: true);
    }
}
