using System.Text.Json;
using Dapper;
using Npgsql;
using Understudy.Api.Keys;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Plans;
using Understudy.Scavenging.Evicting;

namespace Understudy.Api;

/// <summary>What the store holds, what is still to do, and who is at it.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/store", StoreAsync).RequireRead().WithSummary("The store against its limits, in bytes, and what goes next when room is needed.");
        app.MapGet("/api/v1/plans", PlansAsync).RequireRead().WithSummary("How many plans there are, by lane and state.");
        app.MapGet("/api/v1/workers", WorkersAsync).RequireRead().WithSummary("The workers that are alive, and what each is doing.");
    }

    private static async Task<StoreView> StoreAsync(Scavenger scavenger, Choosing choosing, StoreFolder store, StorageOptions options, CancellationToken cancel)
    {
        var (room, space) = (await scavenger.RoomAsync(cancel), store.Space());
        var marks = WaterMarks.Of(options, room, space);
        var next = (await choosing.ChooseAsync(bytes: long.MaxValue, files: 0, most: 20, dry: true, behind: null, cancel)).Seen;
        return new StoreView(options.Root!, room.Copies, room.Used, room.Reserved, room.Retired, options.MaxBytes?.Bytes, space.FreeBytes, options.MinFreeBytes.Bytes)
        {
            BudgetBytes = marks.Budget,
            HighWaterBytes = marks.High,
            LowWaterBytes = marks.Low,
            GracePeriodSeconds = options.GracePeriod.TotalSeconds,
            EvictingBytes = room.Evicting + room.Leaving,
            WaitingForRoom = room.Waiting,
            Stuck = scavenger.Stuck,
            Next = [.. next.Where(c => c.Goes || c.Kept is not null).Take(20).Select(c => c.View())],
        };
    }

    private static async Task<IReadOnlyList<PlanCount>> PlansAsync(NpgsqlDataSource catalogue, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<(short Lane, string State, long Plans, DateTime Oldest, double Seconds)>(Sql.Named("Plans.CountPlans"));
        return [.. rows.Select(r => new PlanCount((Lane)r.Lane, Enum.Parse<AssetState>(r.State, ignoreCase: true), r.Plans, r.Oldest))];
    }

    private static async Task<IReadOnlyList<WorkerView>> WorkersAsync(NpgsqlDataSource catalogue, WorkerRegistry registry, RunningAttempts running, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<(Guid Id, string Node, int ProcessId, DateTime StartedAt, string Running)>(
            "select id, node, process_id, started_at, running::text from worker order by node");
        return [.. rows.Select(r => new WorkerView(
            r.Id, r.Node, r.ProcessId, r.StartedAt, r.Id == registry.Id,
            r.Id == registry.Id ? running.View() : JsonSerializer.Deserialize<RunningView[]>(r.Running, Wire.LenientJson)!))];
    }
}
