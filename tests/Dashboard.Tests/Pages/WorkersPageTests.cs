using Understudy.Contracts;
using Understudy.Dashboard.Tests.TestKit;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Dashboard.Tests.Pages;

[Collection(nameof(DashboardWorld))]
public sealed class WorkersPageTests(DashboardWorld world)
{
    [Fact]
    public async Task Page_has_the_workers_the_image_servers_and_the_caches()
    {
        await using var window = await world.OpenAsync(DashboardWorld.ReadKey);

        Assert.Equal(200, await window.GoAsync("/workers"));
        var text = await window.TextAsync();

        var worker = (await world.Api.WorkersAsync()).Single();
        var node = (await world.Api.NodesAsync()).Single();
        Assert.All(
            [worker.Node, $"process {Environment.ProcessId}", node.Address, node.Cluster, "answers", .. await world.Api.TargetsAsync()],
            wanted => Assert.Contains(wanted, text, StringComparison.Ordinal));
        Assert.Equal(0, await window.Page.Locator("main form").CountAsync());
        window.AssertNothingWrong();
    }

    [Fact]
    public async Task Copy_under_way_is_shown_with_its_bytes_and_leads_to_its_asset()
    {
        const int Bytes = 60_000;
        await using var copies = await CopyWorld.StartAsync(world.Postgres, "Dashboard:Enabled=true", "Copying:StallTimeout=00:02:00");
        copies.Put("slow", Bytes);
        copies.S3.Script = FaultScript.Get(FaultScript.Always(Fault.StallAfter(Bytes / 2)));
        await copies.Worker.IngestAsync(CopyWorld.Id, CopyWorld.Uri("slow"));
        await using var window = await world.Browser.OpenAsync(copies.Worker.Address);

        await window.GoAsync("/workers");
        var link = window.Page.Locator("#workers").GetByText($"{CopyWorld.Id}");
        await link.WaitForAsync();
        var row = window.Page.Locator("#workers tbody tr");

        await row.GetByText("of 58.6 KiB").WaitForAsync();
        Assert.All(["copy", "ingest"], wanted => Assert.Contains(wanted, row.InnerTextAsync().GetAwaiter().GetResult(), StringComparison.Ordinal));
        Assert.Equal(1, await row.Locator("svg.bar").CountAsync());
        Assert.Contains("No image server is configured", await window.TextAsync(), StringComparison.Ordinal);
        Assert.Contains("No cache is configured", await window.TextAsync(), StringComparison.Ordinal);
        await link.ClickAsync();
        await window.ArriveAsync(DashboardWorld.PathOf(CopyWorld.Id));
        window.AssertNothingWrong();
    }
}
