using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Overview;

/// <summary>All that the overview shows, asked for at once.</summary>
public sealed record OverviewData(
    Part<StoreView> Store,
    Part<IReadOnlyList<PlanCount>> Plans,
    Part<IReadOnlyList<WorkerView>> Workers,
    Part<IReadOnlyList<QueueView>> Queues,
    Part<IReadOnlyList<NodeView>> Nodes,
    Part<IReadOnlyList<TargetHealthView>> Targets,
    Part<ThroughputView> Throughput,
    Part<IReadOnlyList<FaultGroup>> Faults,
    Part<WorthView> Today)
{
    public static async Task<OverviewData> ReadAsync(UnderstudyClient api, TimeProvider time, CancellationToken cancel)
    {
        var (store, plans, workers) = (Ask(api.StoreAsync), Ask(api.PlansAsync), Ask(api.WorkersAsync));
        var (queues, nodes, targets) = (Ask(api.QueuesAsync), Ask(api.NodesAsync), Ask(api.TargetHealthAsync));
        var (throughput, faults, today) = (Ask(c => api.ThroughputAsync(fine: true, c)), Ask(api.PlanFaultsAsync), Ask(c => api.WorthAsync(days: 1, neverUsed: false, c)));
        return new OverviewData(await store, await plans, await workers, await queues, await nodes, await targets, await throughput, await faults, await today);

        Task<Part<T>> Ask<T>(Func<CancellationToken, Task<T>> call)
            where T : class => Part.OfAsync(call, time, cancel);
    }
}
