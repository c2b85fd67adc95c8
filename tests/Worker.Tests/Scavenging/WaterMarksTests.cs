using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Scavenging.Evicting;

namespace Understudy.Worker.Tests.Scavenging;

public sealed class WaterMarksTests
{
    [Theory]
    [InlineData(84, 0, 0)]
    [InlineData(90, 0, 0)]
    [InlineData(91, 0, 6)]
    [InlineData(88, 13, 3)]
    [InlineData(80, 20, 0)]
    [InlineData(80, 25, 5)]
    [InlineData(80, 100, 80)]
    // What can't fit whatever goes must not empty the store.
    [InlineData(80, 101, 0)]
    [InlineData(95, 101, 10)]
    public void So_much_has_to_go(long used, long wanted, long excess)
    {
        var room = new Room(Copies: 10, used, Reserved: 0, Retired: 0, Leaving: 0, Evictions: 0, Evicting: 0, Waiting: 1);
        var options = new StorageOptions { MaxBytes = new ByteSize(100), MinFreeBytes = default };

        Assert.Equal(excess, WaterMarks.Of(options, room, new StoreSpace(1000, 2000, null, null)).Excess(room, wanted));
    }

    [Fact]
    public void What_somebody_else_takes_of_the_disk_lowers_the_budget()
    {
        var room = new Room(Copies: 10, Used: 50, Reserved: 0, Retired: 10, Leaving: 0, Evictions: 0, Evicting: 0, Waiting: 0);
        var options = new StorageOptions { MaxBytes = new ByteSize(100), MinFreeBytes = new ByteSize(20) };

        Assert.Equal(60, WaterMarks.Of(options, room, new StoreSpace(20, 2000, null, null)).Budget);
        Assert.Equal(0, WaterMarks.Of(options, room with { Used = 0, Retired = 0 }, new StoreSpace(10, 2000, null, null)).Budget);
    }
}
