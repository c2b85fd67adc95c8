using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Queues;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class QueuesPageTests(DashboardWorld world, FauxqsServer emulator)
{
    [Fact]
    public async Task Worker_without_queues_says_so_and_what_to_set()
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        Assert.Equal(200, await window.GoAsync("/queues"));

        Assert.All(["receives from no queue", "Messaging:Transport=AmazonSqs"], wanted => Assert.Contains(wanted, window.TextAsync().GetAwaiter().GetResult(), StringComparison.Ordinal));
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Queue_shows_its_depth_its_age_its_dead_letters_and_why_another_cannot_be_read()
    {
        await using var queues = await QueueWorld.StartAsync(world.Postgres, emulator, settings: ["Dashboard:Enabled=true", "Messaging:Queues:1:Name=nowhere", "Messaging:Queues:1:Priority=9"]);
        await queues.SendAsync(QueueWorld.Hit(AssetId.Parse("2/5/foo")));
        await Eventually.TrueAsync(async () => await queues.Worker.Api.QueuesAsync() is [{ LagSeconds: not null, Waiting: not null, DeadLetters: not null }, { Fault: not null }], "seen");
        var (read, unreadable) = (await queues.Worker.Api.QueuesAsync()) is [var first, var second] ? (first, second) : default;
        await using var window = await world.Browser.OpenAsync(queues.Worker.Address);

        await window.GoAsync("/queues");
        var text = await window.Page.Locator($"[id=\"queue-{queues.Queue}\"]").InnerTextAsync();

        Assert.All(["Waiting", "In flight", "Delayed", "Age", $"after {read.MaxDeliveries} deliveries", read.DeadLetters!], wanted => Assert.Contains(wanted, text, StringComparison.Ordinal));
        Assert.Contains(unreadable.Fault!, await window.Page.Locator("#queue-nowhere").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(await Axe.ViolationsAsync(window.Page));
        window.AssertNothingWrong();
    }
}
