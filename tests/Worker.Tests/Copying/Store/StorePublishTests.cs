using System.Text;
using Understudy.Copying.Store;
using static Understudy.Worker.Tests.Copying.Store.TempStore;

namespace Understudy.Worker.Tests.Copying.Store;

public sealed class StorePublishTests
{
    private const string Asset = "1/2/fo/foo.jp2";

    public static TheoryData<string> Everywhere() => new(Bases);

    public static TheoryData<string, bool> CrashPoints()
    {
        StoreStep[] always = [StoreStep.CreatePart, StoreStep.CreateJournal, StoreStep.SyncPart, StoreStep.RenameOver, StoreStep.SyncPublished, StoreStep.DropJournal];
        StoreStep[] keeping = [StoreStep.KeepOld, StoreStep.SyncKept];
        return new([.. always.Concat(keeping).Select(s => ($"{s}", true)), .. always.Select(s => ($"{s}", false))]);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Open_reader_keeps_the_old_bytes_after_replace_and_remove(string parent)
    {
        using var store = new TempStore(parent);
        store.Publish(Guid.NewGuid(), Asset, "first");
        using var first = store.Folder.OpenRead(Place(Asset))!;
        var replacing = Guid.NewGuid();
        var published = Assert.IsType<PublishResult.Published>(store.Publish(replacing, Asset, "the second"));
        using var second = store.Folder.OpenRead(Place(Asset))!;
        var removing = Guid.NewGuid();
        var removed = Assert.IsType<RemoveResult.Removed>(store.Folder.Remove(removing, Place(Asset)));

        Assert.Equal(new PublishResult.Published($"{replacing:N}", 10, 5), published);
        Assert.Equal(new RemoveResult.Removed($"{removing:N}", 10), removed);
        Assert.Equal("first", Text(first));
        Assert.Equal("the second", Text(second));
        // That the names are still there is what keeps an NFS client, which has no open files at the server, reading.
        Assert.Equal("first", File.ReadAllText($"{store.Retired}/{replacing:N}"));
        Assert.Equal("the second", File.ReadAllText($"{store.Retired}/{removing:N}"));
    }

    [Fact]
    public void Replacing_without_hard_links_is_a_plain_rename()
    {
        using var store = new TempStore(hardLinks: false);
        store.Publish(Guid.NewGuid(), Asset, "first");
        Assert.Equal(new PublishResult.Published(null, 6, 5), store.Publish(Guid.NewGuid(), Asset, "second"));
        Assert.Equal("second", store.Read(Asset));
        Assert.Empty(Directory.GetFileSystemEntries(store.Retired));
    }

    [Theory]
    [MemberData(nameof(CrashPoints))]
    public void Crash_before_any_step_leaves_the_old_file_or_the_new_and_the_next_attempt_goes_through(string step, bool hardLinks)
    {
        using var store = new TempStore(hardLinks: hardLinks);
        store.Publish(Guid.NewGuid(), Asset, "old");
        var crashed = Guid.NewGuid();
        CrashAt(store, step, () => store.Publish(crashed, Asset, "new"));

        Assert.Equal(step is nameof(StoreStep.SyncPublished) or nameof(StoreStep.DropJournal) ? "new" : "old", store.Read(Asset));

        store.Folder.Fence(crashed);
        Assert.IsType<PublishResult.Published>(store.Publish(Guid.NewGuid(), Asset, "next"));
        Assert.Equal("next", store.Read(Asset));
        if (hardLinks)
            Assert.Contains("old", Directory.GetFiles(store.Retired).Select(File.ReadAllText));
    }

    [Theory]
    [InlineData(nameof(StoreStep.BarBegin))]
    [InlineData(nameof(StoreStep.TakePart))]
    [InlineData(nameof(StoreStep.BarRetire))]
    [InlineData(nameof(StoreStep.SyncBars))]
    public void Crash_while_fencing_is_made_good_by_the_next_fence(string step)
    {
        using var store = new TempStore();
        var former = Guid.NewGuid();
        using var part = store.Begin(former, "former");
        CrashAt(store, step, () => store.Folder.Fence(former));
        store.Folder.Fence(former);
        Assert.IsType<PublishResult.Superseded>(store.Folder.Publish(part, Place(Asset)));
        Assert.Equal("former", File.ReadAllText($"{store.Copying}/{former:N}.salvage"));
        Assert.False(File.Exists(store.At(Asset)));
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Reader_sees_a_whole_old_or_a_whole_new_file_during_hundreds_of_publishes(string parent)
    {
        using var store = new TempStore(parent);
        store.Publish(Guid.NewGuid(), Asset, Content(0));
        using var stop = new CancellationTokenSource();
        using var reading = new SemaphoreSlim(0);
        var reader = Task.Factory.StartNew(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                // A name that is gone for a moment throws here.
                var text = File.ReadAllText(store.At(Asset));
                Assert.Equal(Content(int.Parse(text.AsSpan(0, text.IndexOf(':')), System.Globalization.CultureInfo.InvariantCulture)), text);
                reading.Release();
            }
        }, TaskCreationOptions.LongRunning);
        await Task.WhenAny(reader, reading.WaitAsync());

        for (var i = 1; i <= 300 && !reader.IsCompleted; i++)
            Assert.IsType<PublishResult.Published>(store.Publish(Guid.NewGuid(), Asset, Content(i)));
        await stop.CancelAsync();
        await reader;
        Assert.Equal(Content(300), store.Read(Asset));
        Assert.Equal(300, Directory.GetFiles(store.Retired).Length);
    }

    [Fact]
    public void Folder_removed_while_publishing_is_made_again()
    {
        using var store = new TempStore();
        using var part = store.Begin(Guid.NewGuid(), "x");
        var times = 5;
        store.Before = step =>
        {
            if (step == StoreStep.RenameOver && times-- > 0)
                Directory.Delete(store.At("1"), recursive: true);
        };
        Assert.IsType<PublishResult.Published>(store.Folder.Publish(part, Place(Asset)));
        Assert.Equal("x", store.Read(Asset));
    }

    [Fact]
    public void Folder_removed_again_and_again_ends_as_an_error()
    {
        using var store = new TempStore();
        using var part = store.Begin(Guid.NewGuid(), "x");
        store.Before = step =>
        {
            if (step == StoreStep.RenameOver)
                Directory.Delete(store.At("1"), recursive: true);
        };
        Assert.Contains("was removed", Assert.Throws<StoreException>(() => store.Folder.Publish(part, Place(Asset))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Part_that_was_given_to_publish_takes_no_more_bytes()
    {
        using var store = new TempStore();
        using var part = store.Begin(Guid.NewGuid(), "x");
        store.Folder.Publish(part, Place(Asset));
        Assert.Throws<InvalidOperationException>(() => part.Write(0, new byte[1]));
        Assert.Throws<InvalidOperationException>(() => store.Folder.Publish(part, Place(Asset)));
        Assert.Equal("x", store.Read(Asset));
    }

    private static void CrashAt(TempStore store, string step, Action act)
    {
        store.Before = at =>
        {
            if ($"{at}" == step)
                throw new Crash();
        };
        Assert.Throws<Crash>(act);
        store.Before = static _ => { };
    }

    private static string Content(int i) => $"{i}:{new string((char)('a' + (i % 26)), 1000 + (i * 37 % 9000))}";

    private static string Text(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    private sealed class Crash : Exception;
}
