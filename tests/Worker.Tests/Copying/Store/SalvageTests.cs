using System.Text;
using Understudy.Copying.Store;

namespace Understudy.Worker.Tests.Copying.Store;

public sealed class SalvageTests
{
    [Fact]
    public async Task Parts_that_were_noted_are_read_back_by_the_next_attempt()
    {
        using var store = new TempStore();
        var former = Guid.NewGuid();
        using (var part = store.Begin(former, ""))
        {
            Assert.Equal(Wrote.Done, part.Preallocate(1000));
            Write(part, 0, "first");
            Write(part, 500, "second");
        }

        store.Folder.Fence(former);
        using (var salvage = store.Folder.OpenSalvage(former, "v1")!)
        {
            Assert.Equal([0L, 500L], salvage.Parts.Select(p => p.Offset));
            var buffer = new byte[100];
            Assert.True(await salvage.ReadAsync(salvage.Parts[1], buffer, CancellationToken.None));
            Assert.Equal("second", Encoding.ASCII.GetString(buffer, 0, 6));
        }

        store.Folder.DropSalvage(former);
        Assert.Null(store.Folder.OpenSalvage(former, "v1"));
        Assert.Equal(LeftoverKind.Tombstone, Assert.Single(store.Folder.Temporaries()).Kind);
    }

    [Fact]
    public void Salvage_of_another_version_is_never_used()
    {
        using var store = new TempStore();
        var former = Guid.NewGuid();
        using (var part = store.Begin(former, ""))
            Write(part, 0, "first");
        store.Folder.Fence(former);
        Assert.Null(store.Folder.OpenSalvage(former, "v2"));
    }

    [Fact]
    public async Task Bytes_that_the_late_writer_changes_are_found_out()
    {
        using var store = new TempStore();
        var former = Guid.NewGuid();
        using var part = store.Begin(former, "");
        Write(part, 0, "first");
        store.Folder.Fence(former);
        using var salvage = store.Folder.OpenSalvage(former, "v1")!;
        part.Write(2, "X"u8.ToArray());
        Assert.False(await salvage.ReadAsync(salvage.Parts[0], new byte[5], CancellationToken.None));
    }

    [Fact]
    public void Part_beyond_the_end_of_the_file_is_left_out()
    {
        using var store = new TempStore();
        var former = Guid.NewGuid();
        using (var part = store.Begin(former, ""))
        {
            Write(part, 0, "first");
            part.Record(new PartRecord(3, 3, 0));
            part.Record(new PartRecord(long.MaxValue, int.MaxValue, 0));
        }

        store.Folder.Fence(former);
        using var salvage = store.Folder.OpenSalvage(former, "v1")!;
        Assert.Equal(0, Assert.Single(salvage.Parts).Offset);
    }

    [Fact]
    public void Attempt_that_never_began_or_was_published_leaves_nothing_to_salvage()
    {
        using var store = new TempStore();
        var (unborn, published) = (Guid.NewGuid(), Guid.NewGuid());
        store.Publish(published, "1/2/x.jp2", "x");
        foreach (var former in new[] { unborn, published })
        {
            store.Folder.Fence(former);
            Assert.Null(store.Folder.OpenSalvage(former, "v1"));
            store.Folder.DropSalvage(former);
        }
    }

    private static void Write(PartialFile part, long offset, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(Wrote.Done, part.Write(offset, bytes));
        Assert.Equal(Wrote.Done, part.Record(new PartRecord(offset, bytes.Length, Understudy.Copying.Checksums.Crc32C.Append(0, bytes))));
    }
}
