using Understudy.Copying.Store;
using static Understudy.Worker.Tests.Copying.Store.TempStore;

namespace Understudy.Worker.Tests.Copying.Store;

/// <summary>A former attempt that sleeps anywhere and wakes up late, against the one that took over: every order of their steps.</summary>
public sealed class StoreFenceTests
{
    private const string Asset = "1/2/foo.jp2";

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Late_writer_never_publishes_after_it_was_fenced(bool hardLinks, bool replaces)
    {
        var orders = Interleavings.All(() =>
        {
            var world = new World(hardLinks, replaces);
            return (
                world.As(w => w.Copy(w.Former, "former")),
                world.As(w =>
                {
                    w.Store.Folder.Fence(w.Former);
                    w.SeenAtFence = w.Final();
                    w.Copy(w.Latter, "latter");
                }),
                order =>
                {
                    using (world)
                    {
                        Assert.True(world.Final() == "latter", $"order {order}: the file is '{world.Final()}'");
                        Assert.True(world.SeenAtFence is null or "old" or "former", $"order {order}: saw '{world.SeenAtFence}' at the fence");
                        Assert.Equal(world.Published.Contains("former"), world.SeenAtFence == "former");
                        if (hardLinks && replaces)
                            Assert.Contains("old", world.Kept());
                    }
                });
        });
        Assert.InRange(orders, 100, 200_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{orders} orders");
    }

    [Fact]
    public void Late_writer_never_publishes_when_it_was_fenced_twice_and_its_salvage_dropped()
    {
        var orders = Interleavings.All(() =>
        {
            var world = new World(hardLinks: true, replaces: false);
            var part = world.Store.Begin(world.Former, "former");
            return (
                world.As(w => w.Store.Folder.Publish(part, Place(Asset))),
                world.As(w =>
                {
                    w.Store.Folder.Fence(w.Former);
                    w.SeenAtFence = w.Final();
                    w.Store.Folder.DropSalvage(w.Former);
                    w.Store.Folder.Fence(w.Former);
                }),
                order =>
                {
                    using (world)
                    using (part)
                    {
                        Assert.True(world.Final() == world.SeenAtFence, $"order {order}");
                        // One that was published may have taken the tombstone away with its journal; it has nothing left to do.
                        if (world.Final() is null)
                            Assert.IsType<BeginResult.Superseded>(world.Store.Folder.Begin(world.Former, "v1"));
                    }
                });
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{orders} orders");
    }

    [Fact]
    public void Two_fencers_at_once_leave_the_former_fenced()
    {
        var orders = Interleavings.All(() =>
        {
            var world = new World(hardLinks: true, replaces: false);
            var part = world.Store.Begin(world.Former, "former");
            return (
                world.As(w => w.Store.Folder.Fence(w.Former)),
                world.As(w => w.Store.Folder.Fence(w.Former)),
                order =>
                {
                    using (world)
                    using (part)
                    {
                        Assert.IsType<PublishResult.Superseded>(world.Store.Folder.Publish(part, Place(Asset)));
                        Assert.Null(world.Final());
                        Assert.Equal("former", File.ReadAllText($"{world.Store.Copying}/{world.Former:N}.salvage"));
                    }
                });
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{orders} orders");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Late_remover_never_takes_the_file_of_the_attempt_that_fenced_it(bool hardLinks)
    {
        var orders = Interleavings.All(() =>
        {
            var world = new World(hardLinks, replaces: true);
            return (
                world.As(w => w.Store.Folder.Remove(w.Former, Place(Asset))),
                world.As(w =>
                {
                    w.Store.Folder.Fence(w.Former);
                    w.Copy(w.Latter, "latter");
                }),
                order =>
                {
                    using (world)
                    {
                        Assert.True(world.Final() == "latter", $"order {order}: the file is '{world.Final()}'");
                        if (hardLinks)
                            Assert.Contains("old", world.Kept());
                    }
                });
        });
        Assert.InRange(orders, 20, 200_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{orders} orders");
    }

    [Fact]
    public void Removing_one_copy_never_loses_the_folder_under_another_that_is_published()
    {
        var orders = Interleavings.All(() =>
        {
            var world = new World(hardLinks: true, replaces: true);
            var part = world.Store.Begin(world.Latter, "neighbour");
            return (
                world.As(w => Assert.IsType<RemoveResult.Removed>(w.Store.Folder.Remove(w.Former, Place(Asset)))),
                world.As(w => Assert.IsType<PublishResult.Published>(w.Store.Folder.Publish(part, Place("1/2/bar.jp2")))),
                order =>
                {
                    using (world)
                    using (part)
                    {
                        Assert.Null(world.Final());
                        Assert.True(world.Store.Read("1/2/bar.jp2") == "neighbour", $"order {order}");
                    }
                });
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{orders} orders");
    }

    [Fact]
    public void Fence_before_the_former_has_begun_stops_it_at_the_start()
    {
        using var store = new TempStore();
        var former = Guid.NewGuid();
        store.Folder.Fence(former);
        Assert.IsType<BeginResult.Superseded>(store.Folder.Begin(former, "v1"));
        Assert.Empty(Directory.GetFiles(store.Copying, "*.part"));
    }

    [Fact]
    public void Attempt_that_was_discarded_cannot_begin_again()
    {
        using var store = new TempStore();
        var attempt = Guid.NewGuid();
        store.Folder.Discard(store.Begin(attempt, "x"));
        Assert.IsType<BeginResult.Superseded>(store.Folder.Begin(attempt, "v1"));
        Assert.Empty(Directory.GetFiles(store.Copying, "*.part"));
    }

    private sealed class World : IDisposable
    {
        /// <summary>What no other attempt can see the effect of; leaving these out keeps the orders to hundreds.</summary>
        private static readonly StoreStep[] Unseen =
            [StoreStep.SyncPart, StoreStep.SyncKept, StoreStep.SyncPublished, StoreStep.SyncBars, StoreStep.SyncRemoved];

        private readonly ThreadLocal<Action?> _step = new();

        public World(bool hardLinks, bool replaces)
        {
            Store = new TempStore(hardLinks: hardLinks);
            if (replaces)
                Assert.IsType<PublishResult.Published>(Store.Publish(Guid.NewGuid(), Asset, "old"));
            Store.Before = step =>
            {
                if (!Unseen.Contains(step))
                    _step.Value?.Invoke();
            };
        }

        public TempStore Store { get; }

        public Guid Former { get; } = Guid.NewGuid();

        public Guid Latter { get; } = Guid.NewGuid();

        public string? SeenAtFence { get; set; }

        public List<string> Published { get; } = [];

        public Action<Action> As(Action<World> protocol) => step =>
        {
            _step.Value = step;
            protocol(this);
            _step.Value = null;
        };

        public void Copy(Guid attempt, string content)
        {
            if (Store.Folder.Begin(attempt, "v1") is not BeginResult.Begun { Part: var part })
                return;
            using (part)
            {
                RandomAccess.Write(part.Handle, System.Text.Encoding.UTF8.GetBytes(content), 0);
                if (Store.Folder.Publish(part, Place(Asset)) is PublishResult.Published)
                    Published.Add(content);
            }
        }

        public string? Final() => File.Exists(Store.At(Asset)) ? Store.Read(Asset) : null;

        public string[] Kept() => [.. Directory.GetFiles(Store.Retired).Select(File.ReadAllText)];

        public void Dispose()
        {
            Store.Dispose();
            _step.Dispose();
        }
    }
}
