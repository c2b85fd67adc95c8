using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Overview;
using Understudy.Plans;
using Understudy.Scavenging.Evicting;

namespace Understudy.Api;

/// <summary>What the store holds, what is still to do, and who is at it.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/store", StoreAsync).RequireRead().WithSummary("The store against its limits, in bytes, and what goes next when room is needed.");
        app.MapGet("/api/v1/plans", (PlanCounts plans, CancellationToken cancel) => plans.ListAsync(cancel)).RequireRead().WithSummary("How many plans there are, by lane and state.");
        app.MapGet("/api/v1/workers", (WorkerViews workers, CancellationToken cancel) => workers.ListAsync(cancel)).RequireRead().WithSummary("The workers that are alive, and what each is doing.");
    }

    private static async Task<StoreView> StoreAsync(Scavenger scavenger, Choosing choosing, StoreUse use, StoreFolder store, StorageOptions options, CancellationToken cancel)
    {
        var (room, space) = (await scavenger.RoomAsync(cancel), store.Space());
        var marks = WaterMarks.Of(options, room, space);
        return new StoreView(options.Root!, room.Copies, room.Used, room.Reserved, room.Retired, options.MaxBytes?.Bytes, space.FreeBytes, options.MinFreeBytes.Bytes)
        {
            BudgetBytes = marks.Budget,
            HighWaterBytes = marks.High,
            LowWaterBytes = marks.Low,
            GracePeriodSeconds = options.GracePeriod.TotalSeconds,
            EvictingBytes = room.Evicting + room.Leaving,
            WaitingForRoom = room.Waiting,
            Stuck = scavenger.Stuck,
            FullAt = await use.FullAtAsync(room.Used, marks.High, cancel),
            Next = [.. (await choosing.NextAsync(20, cancel)).Select(c => c.View())],
        };
    }
}
