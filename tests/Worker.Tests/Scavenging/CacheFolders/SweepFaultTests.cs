using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

/// <summary>A file system that refuses.</summary>
[SupportedOSPlatform("linux")]
public sealed class SweepFaultTests
{
    private const uint Nobody = 65_534;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public void Folders_that_may_not_be_read_or_written_are_counted_once_a_walk_and_the_others_swept()
    {
        using var cache = new TempCache();
        var tiles = Enumerable.Range(0, 60).Select(i => cache.Add(CacheKind.Image, $"{i}", Day * (i + 1))).ToList();
        var folders = tiles.Select(t => cache.At(Path.GetDirectoryName(t)!)).ToList();
        Open(Path.GetDirectoryName(cache.Root)!);
        File.SetUnixFileMode(folders[10], UnixFileMode.None);
        File.SetUnixFileMode(folders[20], (UnixFileMode)0b101_101_101);
        File.SetUnixFileMode(folders[30], (UnixFileMode)0b100_100_100);
        SweepResult? result = null;
        var thread = new Thread(() =>
        {
            // Root may everything. This counts for one thread, and the sweep never leaves it: nothing has it wait.
            _ = SetFileSystemUser(Nobody);
            result = cache.RunAsync(maxFiles: 1, lowWater: 1).GetAwaiter().GetResult();
        });
        thread.Start();
        thread.Join();

        Assert.Equal([10, 20, 30], Enumerable.Range(0, 60).Where(i => { File.SetUnixFileMode(folders[i], (UnixFileMode)0b111_111_111); return cache.Has(tiles[i]); }));
        Assert.True(result!.Finished);
        Assert.Contains(result.Examples, e => e.Contains("EACCES", StringComparison.Ordinal));
        // 10 and 30 can't be looked at, in either walk; 20's file can be seen, and not be deleted.
        Assert.Equal((58, 57, 5), (result.Files, result.RemovedFiles, result.Faults));
    }

    [Fact]
    public async Task Full_disk_without_an_inode_left_is_swept()
    {
        using var disk = new Mount("size=1m,nr_inodes=60");
        using var cache = new TempCache(disk.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(cache.At(TempCache.PathOf(CacheKind.Image, "a")))!);
        var made = 0;
        try
        {
            for (; made < 100; made++)
                cache.Add(CacheKind.Image, "a", Day * (made + 1), operations: $"{made}");
        }
        catch (IOException)
        {
            // As intended.
        }

        Assert.InRange(made, 20, 60);
        var result = await cache.RunAsync(maxFiles: 10);
        Assert.True(result.WithinBudget);
        Assert.True(cache.Has(cache.Add(CacheKind.Image, "b", Day)));
    }

    [Fact]
    public async Task Read_only_file_system_ends_the_sweep_at_the_first_refusal()
    {
        using var disk = new Mount("size=1m");
        using var cache = new TempCache(disk.Path);
        for (var i = 0; i < 20; i++)
            cache.Add(CacheKind.Image, "a", Day * (i + 1), operations: $"{i}");
        disk.Remount("ro");
        var result = await cache.RunAsync(maxFiles: 1);
        disk.Remount("rw");
        Assert.Contains("read-only", result.CutShort, StringComparison.Ordinal);
        Assert.Equal((1, 0, false), (result.Faults, result.RemovedFiles, result.WithinBudget));
    }

    [Fact]
    public async Task Another_file_system_below_the_root_is_not_entered()
    {
        using var cache = new TempCache();
        using var disk = new Mount("size=1m");
        var tile = cache.Add(CacheKind.Image, "a", Day);
        var place = Path.GetDirectoryName(tile)!;
        File.Delete(cache.At(tile));
        disk.Bind(cache.At(place));
        try
        {
            cache.Write(tile, Day * 99);
            var result = await cache.RunAsync(maxFiles: 1, maxBytes: 1);
            Assert.True(cache.Has(tile));
            Assert.Equal((0, 1), (result.Files, result.Strangers));
        }
        finally
        {
            Mount.Unbind(cache.At(place));
        }
    }

    private static void Open(string folder)
    {
        foreach (var each in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
            File.SetUnixFileMode(each, (UnixFileMode)0b111_111_111);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFileSystemUser(uint user);

    /// <summary>A tmpfs, where mounting is allowed.</summary>
    private sealed class Mount : IDisposable
    {
        private readonly bool _mounted;

        public Mount(string options)
        {
            Path = Directory.CreateTempSubdirectory("understudy-cache-disk-").FullName;
            _mounted = Run("mount", "-t", "tmpfs", "-o", options, "understudy-test", Path);
            if (!_mounted)
                Directory.Delete(Path);
            Assert.SkipUnless(_mounted, "mounting is not permitted here");
        }

        public string Path { get; }

        public void Remount(string options) => Assert.True(Run("mount", "-o", $"remount,{options}", Path));

        public void Bind(string folder) => Assert.True(Run("mount", "--bind", Path, folder));

        public static void Unbind(string folder) => Assert.True(Run("umount", folder));

        public void Dispose()
        {
            Assert.True(Run("umount", "--lazy", Path));
            Directory.Delete(Path);
        }

        private static bool Run(string command, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
