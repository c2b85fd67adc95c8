using Microsoft.Extensions.Logging.Abstractions;
using Understudy.Copying.Store;
using static Understudy.Worker.Tests.Copying.Store.TempStore;

namespace Understudy.Worker.Tests.Copying.Store;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class StoreFolderTests
{
    private const string Asset = "1/2/fo/foo.jp2";

    public static TheoryData<string> Everywhere() => new(Bases);

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Store_on_an_ordinary_file_system_has_hard_links_and_folder_sync(string parent)
    {
        using var store = new TempStore(parent);
        Assert.Equal(new StoreTraits(HardLinks: true, FolderSync: true), store.Folder.Traits);
        Assert.Equal(["copying", "retired"], Directory.GetFileSystemEntries(store.At(".understudy")).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFileSystemEntries(store.Copying));
        Assert.Empty(Directory.GetFileSystemEntries(store.Retired));
        Assert.Equal([".understudy"], Directory.GetFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Published_file_is_found_and_read(string parent)
    {
        using var store = new TempStore(parent);
        var published = Assert.IsType<PublishResult.Published>(store.Publish(Guid.NewGuid(), Asset, "whole"));
        Assert.Equal(new PublishResult.Published(null, 5, null), published);
        Assert.Equal(5, store.Folder.Find(Place(Asset))?.Length);
        using var file = store.Folder.OpenRead(Place(Asset));
        Assert.Equal(5, RandomAccess.GetLength(file!));
        Assert.Empty(Directory.GetFileSystemEntries(store.Copying));
    }

    [Fact]
    public void Published_files_and_folders_are_readable_by_others_as_the_umask_allows()
    {
        using var store = new TempStore();
        store.Publish(Guid.NewGuid(), Asset, "x");
        var probe = store.At("probe");
        File.WriteAllText(probe, "");
        var umask = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        Assert.Equal(File.GetUnixFileMode(probe) & umask, File.GetUnixFileMode(store.At(Asset)) & umask);
        Assert.False(File.GetUnixFileMode(store.At(Asset)).HasFlag(UnixFileMode.GroupWrite));
        Assert.False(File.GetUnixFileMode(store.At("1/2")).HasFlag(UnixFileMode.GroupWrite));
    }

    [Fact]
    public void File_in_the_root_itself_is_published_and_removed()
    {
        using var store = new TempStore();
        store.Publish(Guid.NewGuid(), "1_2_foo.jp2", "x");
        Assert.IsType<RemoveResult.Removed>(store.Folder.Remove(Guid.NewGuid(), Place("1_2_foo.jp2")));
        Assert.Equal("x", Assert.Single(Directory.GetFiles(store.Retired).Select(File.ReadAllText)));
        Assert.IsType<PublishResult.Published>(store.Publish(Guid.NewGuid(), "1_2_foo.jp2", "y"));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1/2")]
    [InlineData("1/2/fo")]
    public void Symlink_among_the_folders_is_refused_by_name_and_never_followed(string planted)
    {
        using var store = new TempStore();
        var elsewhere = PlantLink(store, planted, Asset);

        var refused = Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), Asset, "new"));
        Assert.Contains($"{planted}' is a symbolic link", refused.Reason, StringComparison.Ordinal);
        Assert.IsType<RemoveResult.Refused>(store.Folder.Remove(Guid.NewGuid(), Place(Asset)));
        Assert.Null(store.Folder.Find(Place(Asset)));
        Assert.Null(store.Folder.OpenRead(Place(Asset)));
        Assert.Equal("precious", File.ReadAllText(elsewhere));
    }

    [Fact]
    public void Symlink_in_the_place_of_the_file_is_refused_and_left_alone()
    {
        using var store = new TempStore();
        var elsewhere = PlantLink(store, Asset, Asset);

        var refused = Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), Asset, "new"));
        Assert.Contains("foo.jp2' is a symbolic link", refused.Reason, StringComparison.Ordinal);
        Assert.IsType<RemoveResult.Refused>(store.Folder.Remove(Guid.NewGuid(), Place(Asset)));
        Assert.Null(store.Folder.Find(Place(Asset)));
        Assert.Null(store.Folder.OpenRead(Place(Asset)));
        Assert.Equal("precious", File.ReadAllText(elsewhere));
        Assert.NotNull(new FileInfo(store.At(Asset)).LinkTarget);
    }

    [Fact]
    public void Symlink_swapped_in_for_the_file_at_any_step_of_publishing_is_never_written_through() =>
        SwapAtEachStep((store, elsewhere) =>
        {
            File.Delete(store.At(Asset));
            File.CreateSymbolicLink(store.At(Asset), elsewhere);
        });

    [Fact]
    public void Symlink_swapped_in_for_a_folder_at_any_step_of_publishing_is_never_written_through() =>
        SwapAtEachStep((store, elsewhere) =>
        {
            Directory.Move(store.At("1/2"), store.At("1/aside"));
            File.CreateSymbolicLink(store.At("1/2"), Path.GetDirectoryName(Path.GetDirectoryName(elsewhere))!);
        });

    [Fact]
    public void Folder_in_the_place_of_the_file_is_refused_and_left_alone()
    {
        using var store = new TempStore();
        Directory.CreateDirectory(store.At(Asset + "/kept"));
        Assert.Contains("is a folder", Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), Asset, "x")).Reason, StringComparison.Ordinal);
        Assert.IsType<RemoveResult.Refused>(store.Folder.Remove(Guid.NewGuid(), Place(Asset)));
        Assert.Null(store.Folder.Find(Place(Asset)));
        Assert.True(Directory.Exists(store.At(Asset + "/kept")));
    }

    [Fact]
    public void File_in_the_place_of_a_folder_is_refused_and_left_alone()
    {
        using var store = new TempStore();
        File.WriteAllText(store.At("1"), "a file");
        Assert.Contains("'" + store.At("1") + "' is a file", Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), Asset, "x")).Reason, StringComparison.Ordinal);
        Assert.Equal("a file", store.Read("1"));
    }

    [Fact]
    public void Reserved_folder_that_is_a_symlink_stops_the_start()
    {
        using var store = new TempStore();
        var root = store.At("nested");
        Directory.CreateDirectory(root);
        Directory.CreateDirectory(store.Outside);
        File.CreateSymbolicLink(Path.Combine(root, ".understudy"), store.Outside);
        var error = Assert.Throws<StoreException>(() => StoreFolder.Open(root, TimeProvider.System, NullLogger<StoreFolder>.Instance));
        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(store.Outside));
    }

    [Fact]
    public void Root_that_is_a_file_stops_the_start_with_an_error_that_names_it()
    {
        using var store = new TempStore();
        File.WriteAllText(store.At("file"), "");
        var error = Assert.ThrowsAny<IOException>(() => StoreFolder.Open(store.At("file"), TimeProvider.System, NullLogger<StoreFolder>.Instance));
        Assert.Contains(store.At("file"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reserved_folder_that_was_deleted_is_made_again()
    {
        using var store = new TempStore();
        Directory.Delete(store.At(".understudy"), recursive: true);
        Assert.IsType<PublishResult.Published>(store.Publish(Guid.NewGuid(), Asset, "x"));
    }

    [Fact]
    public void Pipe_in_the_place_of_the_file_is_not_waited_for()
    {
        using var store = new TempStore();
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", store.At("pipe.jp2"));
        mkfifo.WaitForExit();
        Assert.Null(store.Folder.OpenRead(Place("pipe.jp2")));
        Assert.IsType<PublishResult.Refused>(store.Publish(Guid.NewGuid(), "pipe.jp2", "x"));
    }

    [Fact]
    public void Space_is_that_of_the_file_system()
    {
        using var store = new TempStore();
        var space = store.Folder.Space();
        var drive = new DriveInfo(store.Root);
        Assert.Equal(drive.TotalSize, space.TotalBytes);
        Assert.InRange(space.FreeBytes, 1, space.TotalBytes);
        Assert.InRange(space.FreeInodes!.Value, 1, space.TotalInodes!.Value);
    }

    private static string PlantLink(TempStore store, string planted, string asset)
    {
        var rest = asset[planted.Length..].TrimStart('/');
        var target = Path.Combine(store.Outside, "target");
        var file = Path.Combine(target, rest).TrimEnd('/');
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "precious");
        Directory.CreateDirectory(Path.GetDirectoryName(store.At(planted))!);
        File.CreateSymbolicLink(store.At(planted), target);
        return file;
    }

    private static void SwapAtEachStep(Action<TempStore, string> swap)
    {
        foreach (var step in new[] { StoreStep.SyncPart, StoreStep.KeepOld, StoreStep.SyncKept, StoreStep.RenameOver, StoreStep.SyncPublished })
        {
            using var store = new TempStore();
            store.Publish(Guid.NewGuid(), Asset, "old");
            var elsewhere = Path.Combine(store.Outside, "2/fo/foo.jp2");
            Directory.CreateDirectory(Path.GetDirectoryName(elsewhere)!);
            File.WriteAllText(elsewhere, "precious");

            using var part = store.Begin(Guid.NewGuid(), "new");
            store.Before = at =>
            {
                if (at == step)
                    swap(store, elsewhere);
            };
            _ = store.Folder.Publish(part, Place(Asset));
            Assert.True(File.ReadAllText(elsewhere) == "precious", $"swapped before {step}");
            Assert.Equal(["foo.jp2"], Directory.GetFileSystemEntries(Path.GetDirectoryName(elsewhere)!).Select(Path.GetFileName));
        }
    }
}
