using System.Diagnostics;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>A file system of a few MiB, where mounting is allowed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string? _refused;

    /// <param name="options">Of tmpfs: <c>size=3m,nr_inodes=100</c>.</param>
    public SmallDisk(string options)
    {
        Path = Directory.CreateTempSubdirectory("understudy-disk-").FullName;
        _refused = Run("mount", "-t", "tmpfs", "-o", options, "understudy-test", Path);
        Assert.SkipWhen(_refused is not null, $"mounting is not permitted here: {_refused}");
    }

    public string Path { get; }

    public void Resize(string options) => Assert.Null(Run("mount", "-o", $"remount,{options}", Path));

    /// <summary>Takes up room.</summary>
    /// <returns>Dispose it to give the room back.</returns>
    public IDisposable Fill(int bytes)
    {
        var name = System.IO.Path.Combine(Path, $"filler-{Guid.NewGuid():n}");
        File.WriteAllBytes(name, new byte[bytes]);
        return new Filler([name]);
    }

    /// <summary>Takes up every inode.</summary>
    public IDisposable FillInodes()
    {
        List<string> names = [];
        try
        {
            while (true)
            {
                var name = System.IO.Path.Combine(Path, $"filler-{Guid.NewGuid():n}");
                File.WriteAllText(name, "");
                names.Add(name);
            }
        }
        catch (IOException)
        {
            return new Filler(names);
        }
    }

    public void Dispose()
    {
        if (_refused is null)
            Assert.Null(Run("umount", "--lazy", Path));
        Directory.Delete(Path);
    }

    private static string? Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{said} (exit code {process.ExitCode})";
    }

    private sealed class Filler(IReadOnlyList<string> names) : IDisposable
    {
        public void Dispose()
        {
            foreach (var name in names)
                File.Delete(name);
        }
    }
}
