using Understudy.Copying.Store;
using static Understudy.Worker.Tests.Copying.Store.TempStore;

namespace Understudy.Worker.Tests.Copying.Store;

public sealed class StoreRemoveTests
{
    [Fact]
    public void Remove_takes_the_folders_that_it_left_empty_and_no_other()
    {
        using var store = new TempStore();
        store.Publish(Guid.NewGuid(), "1/2/ab/cd/x.jp2", "x");
        store.Publish(Guid.NewGuid(), "1/2/y.jp2", "y");
        store.Folder.Remove(Guid.NewGuid(), Place("1/2/ab/cd/x.jp2"));
        Assert.Equal(["y.jp2"], Directory.GetFileSystemEntries(store.At("1/2")).Select(Path.GetFileName));
        store.Folder.Remove(Guid.NewGuid(), Place("1/2/y.jp2"));
        Assert.Equal([".understudy"], Directory.GetFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void Remove_of_what_is_not_there_says_so()
    {
        using var store = new TempStore();
        Assert.IsType<RemoveResult.Absent>(store.Folder.Remove(Guid.NewGuid(), Place("1/2/x.jp2")));
        store.Publish(Guid.NewGuid(), "1/2/y.jp2", "y");
        Assert.IsType<RemoveResult.Absent>(store.Folder.Remove(Guid.NewGuid(), Place("1/2/x.jp2")));
    }

    [Fact]
    public void Remove_called_again_finds_the_file_absent()
    {
        using var store = new TempStore();
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "x");
        var attempt = Guid.NewGuid();
        Assert.IsType<RemoveResult.Removed>(store.Folder.Remove(attempt, Place("1/2/x.jp2")));
        Assert.IsType<RemoveResult.Absent>(store.Folder.Remove(attempt, Place("1/2/x.jp2")));
    }

    [Fact]
    public void Attempt_never_retires_a_second_file_over_its_first()
    {
        using var store = new TempStore();
        var attempt = Guid.NewGuid();
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "x");
        store.Publish(Guid.NewGuid(), "1/2/y.jp2", "y");
        store.Folder.Remove(attempt, Place("1/2/x.jp2"));
        Assert.Throws<InvalidOperationException>(() => store.Folder.Remove(attempt, Place("1/2/y.jp2")));
        Assert.Equal("y", store.Read("1/2/y.jp2"));
        Assert.Equal("x", File.ReadAllText($"{store.Retired}/{attempt:N}"));
    }

    [Fact]
    public void Remove_after_its_attempt_was_fenced_leaves_the_file()
    {
        using var store = new TempStore();
        var attempt = Guid.NewGuid();
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "x");
        store.Folder.Fence(attempt);
        Assert.IsType<RemoveResult.Superseded>(store.Folder.Remove(attempt, Place("1/2/x.jp2")));
        Assert.Equal("x", store.Read("1/2/x.jp2"));
    }

    [Theory]
    [InlineData(nameof(StoreStep.LookAtFinal), true)]
    [InlineData(nameof(StoreStep.MoveAway), true)]
    [InlineData(nameof(StoreStep.SyncRemoved), false)]
    [InlineData(nameof(StoreStep.PruneFolder), false)]
    public void Crash_while_removing_leaves_the_file_in_its_place_or_retired(string step, bool there)
    {
        using var store = new TempStore();
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "x");
        store.Before = at =>
        {
            if ($"{at}" == step)
                throw new InvalidOperationException("crash");
        };
        var attempt = Guid.NewGuid();
        Assert.Throws<InvalidOperationException>(() => store.Folder.Remove(attempt, Place("1/2/x.jp2")));
        store.Before = static _ => { };

        Assert.Equal(there, File.Exists(store.At("1/2/x.jp2")));
        Assert.Equal(!there, File.Exists($"{store.Retired}/{attempt:N}"));
        store.Folder.Fence(attempt);
        store.Folder.Remove(Guid.NewGuid(), Place("1/2/x.jp2"));
        Assert.False(File.Exists(store.At("1/2/x.jp2")));
    }

    [Fact]
    public void Remove_works_without_hard_links()
    {
        using var store = new TempStore(hardLinks: false);
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "x");
        var removed = Assert.IsType<RemoveResult.Removed>(store.Folder.Remove(Guid.NewGuid(), Place("1/2/x.jp2")));
        Assert.Equal("x", File.ReadAllText($"{store.Retired}/{removed.Retired}"));
    }
}
