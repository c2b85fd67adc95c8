using Understudy.Catalogue;

namespace Understudy.Worker.Tests.Catalogue;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("understudy-test-").FullName;

    [Fact]
    public void Acquire_refuses_a_second_worker_and_names_the_first()
    {
        using var first = DataDirectoryLock.Acquire(At(_folder));

        var refused = Assert.Throws<StartRefusedException>(() => DataDirectoryLock.Acquire(At(_folder)));

        Assert.Contains($"in use by the worker with process id {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Acquire_refuses_a_second_worker_that_comes_by_another_path()
    {
        var link = _folder + "-link";
        Directory.CreateSymbolicLink(link, _folder);
        try
        {
            using var first = DataDirectoryLock.Acquire(At(_folder));
            Assert.Equal(At(_folder), At(Path.Combine(link, ".", "")));
            Assert.Throws<StartRefusedException>(() => DataDirectoryLock.Acquire(At(link)));
        }
        finally
        {
            Directory.Delete(link);
        }
    }

    [Fact]
    public void NodeKey_survives_a_restart()
    {
        Guid first;
        using (var held = DataDirectoryLock.Acquire(At(_folder)))
            first = held.NodeKey;

        using var again = DataDirectoryLock.Acquire(At(_folder));

        Assert.Equal(first, again.NodeKey);
        Assert.NotEqual(Guid.Empty, first);
    }

    [Theory]
    [InlineData("")]
    [InlineData("half of a gu")]
    public void NodeKey_is_made_anew_from_a_file_that_was_cut_off(string content)
    {
        File.WriteAllText(Path.Combine(_folder, "node-id"), content);

        using var held = DataDirectoryLock.Acquire(At(_folder));

        Assert.Equal(held.NodeKey, Guid.Parse(File.ReadAllText(Path.Combine(_folder, "node-id"))));
    }

    [Fact]
    public void From_refuses_a_path_that_is_a_file()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var refused = Assert.Throws<StartRefusedException>(() => At(file));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DataDirectory At(string path) =>
        DataDirectory.From(new() { DataDirectory = path });
}
