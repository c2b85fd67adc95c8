using Understudy.Copying.Store;
using static Understudy.Worker.Tests.Copying.Store.TempStore;

namespace Understudy.Worker.Tests.Copying.Store;

public sealed class LeftoverTests
{
    [Fact]
    public void List_tells_each_kind_with_its_attempt_and_size()
    {
        using var store = new TempStore();
        var (writing, fenced, unborn, replaced) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        store.Begin(writing, "12345").Dispose();
        store.Begin(fenced, "123").Dispose();
        store.Folder.Fence(fenced);
        store.Folder.Fence(unborn);
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "old one");
        store.Publish(replaced, "1/2/x.jp2", "new");

        Assert.Equal(
            Sorted([
                (LeftoverKind.Part, writing, 5), (LeftoverKind.Journal, writing, -1), (LeftoverKind.Salvage, fenced, 3),
                (LeftoverKind.Journal, fenced, -1), (LeftoverKind.Tombstone, unborn, 0)]),
            Sorted(store.Folder.Temporaries().Select(l => (l.Kind, l.Attempt!.Value, l.Kind == LeftoverKind.Journal ? -1 : l.Bytes))));
        Assert.Equal(
            Sorted([(LeftoverKind.Tombstone, fenced, 0), (LeftoverKind.Tombstone, unborn, 0), (LeftoverKind.Retired, replaced, 7)]),
            Sorted(store.Folder.RetiredFiles().Select(l => (l.Kind, l.Attempt!.Value, l.Bytes))));

        static IEnumerable<(LeftoverKind, Guid, long)> Sorted(IEnumerable<(LeftoverKind, Guid, long)> all) => all.Order();
    }

    [Fact]
    public void Age_follows_the_time_provider_from_the_file_systems_own_clock()
    {
        using var store = new TempStore();
        store.Begin(Guid.NewGuid(), "x").Dispose();
        store.Time.Advance(TimeSpan.FromHours(2));
        Assert.All(store.Folder.Temporaries(), l => Assert.InRange(l.Age, TimeSpan.FromHours(1), TimeSpan.FromHours(2)));
        store.Time.SetUtcNow(store.Time.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.All(store.Folder.Temporaries(), l => Assert.InRange(l.Age, TimeSpan.FromHours(2), TimeSpan.FromHours(3)));
    }

    [Fact]
    public void Retired_file_is_as_old_as_its_retirement()
    {
        using var store = new TempStore();
        store.Publish(Guid.NewGuid(), "1/2/x.jp2", "x");
        File.SetLastWriteTimeUtc(store.At("1/2/x.jp2"), new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        store.Folder.Remove(Guid.NewGuid(), Place("1/2/x.jp2"));
        Assert.InRange(Assert.Single(store.Folder.RetiredFiles()).Age, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public void Delete_takes_each_kind_away()
    {
        using var store = new TempStore();
        var fenced = Guid.NewGuid();
        store.Begin(fenced, "x").Dispose();
        store.Begin(Guid.NewGuid(), "y").Dispose();
        store.Folder.Fence(fenced);
        store.Folder.Fence(Guid.NewGuid());
        var all = store.Folder.Temporaries().Concat(store.Folder.RetiredFiles()).ToList();
        Assert.All(all, l => Assert.True(store.Folder.Delete(l)));
        Assert.All(all, l => Assert.False(store.Folder.Delete(l)));
        Assert.Empty(store.Folder.Temporaries());
        Assert.Empty(store.Folder.RetiredFiles());
    }

    [Fact]
    public void Foreign_names_are_reported_and_never_touched()
    {
        using var store = new TempStore();
        File.WriteAllText($"{store.Copying}/notes.txt", "mine");
        File.WriteAllText($"{store.Copying}/{Guid.NewGuid():D}.part", "mine");
        File.WriteAllText($"{store.Copying}/{Guid.NewGuid():N}.PART", "mine");
        File.WriteAllText($"{store.Copying}/{Guid.NewGuid().ToString("N").ToUpperInvariant()}A.part", "mine");
        File.CreateSymbolicLink($"{store.Copying}/{Guid.NewGuid():N}.part", "/etc/hostname");
        Directory.CreateDirectory($"{store.Copying}/{Guid.NewGuid():N}.salvage");
        File.WriteAllText($"{store.Retired}/{Guid.NewGuid():N}.jp2", "mine");
        var all = store.Folder.Temporaries().Concat(store.Folder.RetiredFiles()).ToList();
        Assert.Equal(7, all.Count);
        Assert.All(all, l => Assert.Equal(LeftoverKind.Foreign, l.Kind));
        Assert.All(all, l => Assert.Throws<ArgumentException>(() => store.Folder.Delete(l)));
        Assert.Equal(7, Directory.GetFileSystemEntries(store.Copying).Length + Directory.GetFileSystemEntries(store.Retired).Length);
    }

    [Fact]
    public void Delete_leaves_what_has_become_something_else_since_it_was_listed()
    {
        using var store = new TempStore();
        var unborn = Guid.NewGuid();
        store.Folder.Fence(unborn);
        var tombstone = Assert.Single(store.Folder.RetiredFiles());
        Directory.Delete($"{store.Retired}/{unborn:N}");
        File.WriteAllText($"{store.Retired}/{unborn:N}", "a file");
        Assert.False(store.Folder.Delete(tombstone));
        Assert.Equal("a file", File.ReadAllText($"{store.Retired}/{unborn:N}"));
    }
}
