using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Intake;
using Understudy.Plans;

namespace Understudy.Integration.Tests.Dlcs;

/// <summary>What tests of announced ingests say to a worker, and ask it.</summary>
internal static class IngestWorld
{
    public static Task AnnounceAsync(this CopyWorker worker, AssetId id, DateTimeOffset? at = null) =>
        worker.Services.GetRequiredService<IntakeQueue>().AcceptAsync([new IngestStarted { Id = id, At = at }], CancellationToken.None);

    public static Task<AssetView?> ViewAsync(this CopyWorker worker, AssetId id) =>
        worker.Services.GetRequiredService<AssetViews>().FindWithHistoryAsync(id, CancellationToken.None);

    /// <summary>The worker has looked, and waits for that reason.</summary>
    public static async Task<AssetView> WaitsAsync(this CopyWorker worker, AssetId id, string reason)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(
            async () => (view = await worker.ViewAsync(id)) is { Plan: { Stage: Stages.Await, Reason: { } said } } && said.Contains(reason, StringComparison.Ordinal),
            $"waiting because '{reason}': {id}");
        Assert.Equal((0, null, null), (view!.Plan!.Attempts, view.Plan.Fault, view.Plan.DeadAt));
        return view;
    }
}
