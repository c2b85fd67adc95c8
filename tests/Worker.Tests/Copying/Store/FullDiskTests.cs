using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Understudy.Copying.Store;
using static Understudy.Worker.Tests.Copying.Store.TempStore;

namespace Understudy.Worker.Tests.Copying.Store;

/// <summary>A real file system without room: a tmpfs of 1 MiB and 40 inodes, where mounting is allowed.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Asset = "1/2/x.jp2";

    private readonly string _mount = Directory.CreateTempSubdirectory("understudy-full-").FullName;
    private readonly string? _refused;

    public FullDiskTests() => _refused = Run("mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=40", "understudy-test", _mount);

    [Fact]
    public void Preallocating_more_than_there_is_says_no_space_and_the_old_copy_stands()
    {
        using var store = Store();
        store.Publish(Guid.NewGuid(), Asset, "old");
        using var part = store.Begin(Guid.NewGuid(), "");
        Assert.Equal(Wrote.NoSpace, part.Preallocate(2 << 20));
        store.Folder.Discard(part);
        Assert.Equal("old", store.Read(Asset));
        using var smaller = store.Begin(Guid.NewGuid(), "");
        Assert.Equal(Wrote.Done, smaller.Preallocate(100_000));
    }

    [Fact]
    public void Writing_more_than_there_is_says_no_space()
    {
        using var store = Store();
        using var part = store.Begin(Guid.NewGuid(), "");
        var buffer = new byte[256 << 10];
        var wrote = Wrote.Done;
        for (var i = 0; i < 5 && wrote == Wrote.Done; i++)
            wrote = part.Write(i * buffer.Length, buffer);
        Assert.Equal(Wrote.NoSpace, wrote);
    }

    [Fact]
    public void Without_inodes_nothing_begins_nor_is_published_but_a_copy_can_still_be_removed()
    {
        using var store = Store();
        store.Publish(Guid.NewGuid(), Asset, "old");
        using var waiting = store.Begin(Guid.NewGuid(), "new");
        for (var i = 0; store.Folder.Space().FreeInodes > 0; i++)
            File.WriteAllText(store.At($"filler-{i}"), "");

        Assert.IsType<BeginResult.NoSpace>(store.Folder.Begin(Guid.NewGuid(), "v1"));
        Assert.IsType<PublishResult.NoSpace>(store.Folder.Publish(waiting, Place("3/4/y.jp2")));
        Assert.True(Assert.Throws<StoreException>(() => store.Folder.Fence(Guid.NewGuid())).NoSpace);
        Assert.Equal("old", store.Read(Asset));
        Assert.IsType<RemoveResult.Removed>(store.Folder.Remove(Guid.NewGuid(), Place(Asset)));
    }

    [Fact]
    public void Store_without_room_for_a_trial_opens_all_the_same_and_gives_room_back()
    {
        using var store = Store();
        store.Publish(Guid.NewGuid(), Asset, "old");
        for (var i = 0; store.Folder.Space().FreeInodes > 0; i++)
            File.WriteAllText(store.At($"filler-{i}"), "");

        // Who else should make room?
        using var again = StoreFolder.Open(store.Root, TimeProvider.System, NullLogger<StoreFolder>.Instance);

        Assert.True(again.Traits.HardLinks);
        Assert.IsType<RemoveResult.Removed>(again.Remove(Guid.NewGuid(), Place(Asset)));
    }

    [Fact]
    public void Journal_that_has_no_room_says_no_space()
    {
        using var store = Store();
        using var part = store.Begin(Guid.NewGuid(), "");
        using var filler = store.Begin(Guid.NewGuid(), "");
        Assert.Equal(Wrote.Done, filler.Preallocate(store.Folder.Space().FreeBytes));
        var wrote = Wrote.Done;
        for (var i = 0; i < 1000 && wrote == Wrote.Done; i++)
            wrote = part.Record(new PartRecord(i, 1, 1));
        Assert.Equal(Wrote.NoSpace, wrote);
    }

    [Fact]
    public void Copy_on_another_file_system_below_the_root_is_refused()
    {
        Assert.SkipWhen(_refused is not null, $"mounting is not permitted here: {_refused}");
        using var store = new TempStore(Path.GetTempPath());
        Directory.CreateDirectory(store.At("1/2"));
        Assert.Null(Run("mount", "--bind", _mount, store.At("1/2")));
        try
        {
            var refused = Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), Asset, "x"));
            Assert.Contains("another file system", refused.Reason, StringComparison.Ordinal);
            File.WriteAllText(store.At(Asset), "old");
            Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), Asset, "x"));
            Assert.IsType<RemoveResult.Refused>(store.Folder.Remove(Guid.NewGuid(), Place(Asset)));
            Assert.Equal("old", store.Read(Asset));
        }
        finally
        {
            Assert.Null(Run("umount", store.At("1/2")));
        }
    }

    [Fact]
    public void Store_that_cannot_be_written_stops_the_start()
    {
        Assert.SkipWhen(_refused is not null, $"mounting is not permitted here: {_refused}");
        Assert.Null(Run("mount", "-o", "remount,ro", _mount));
        var error = Assert.Throws<StoreException>(() => StoreFolder.Open(_mount, TimeProvider.System, NullLogger<StoreFolder>.Instance));
        Assert.Equal(Errno.EROFS, error.Errno);
        Assert.Contains($"'{_mount}/.understudy' failed: EROFS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reserved_folder_on_another_file_system_stops_the_start()
    {
        Assert.SkipWhen(_refused is not null, $"mounting is not permitted here: {_refused}");
        using var store = new TempStore(Path.GetTempPath());
        Assert.Null(Run("mount", "--bind", _mount, store.At(".understudy")));
        try
        {
            var error = Assert.Throws<StoreException>(() => StoreFolder.Open(store.Root, TimeProvider.System, NullLogger<StoreFolder>.Instance));
            Assert.Equal(Errno.EXDEV, error.Errno);
        }
        finally
        {
            Assert.Null(Run("umount", store.At(".understudy")));
        }
    }

    public void Dispose()
    {
        if (_refused is null)
            Assert.Null(Run("umount", "--lazy", _mount)); // also when a test failed with files open
        Directory.Delete(_mount);
    }

    private TempStore Store()
    {
        Assert.SkipWhen(_refused is not null, $"mounting is not permitted here: {_refused}");
        return new TempStore(_mount);
    }

    /// <summary>Null when it worked, else what it said.</summary>
    private static string? Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : said.Length > 0 ? said : $"exit code {process.ExitCode}";
    }
}
