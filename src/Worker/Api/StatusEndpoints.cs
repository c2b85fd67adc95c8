using System.Text.Json;
using Dapper;
using Npgsql;
using Understudy.Api.Keys;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Api;

/// <summary>What the store holds, what is still to do, and who is at it.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/store", StoreAsync).RequireRead().WithSummary("The store against its limits, in bytes.");
        app.MapGet("/api/v1/plans", PlansAsync).RequireRead().WithSummary("How many plans there are, by lane and state.");
        app.MapGet("/api/v1/workers", WorkersAsync).RequireRead().WithSummary("The workers that are alive, and what each is doing.");
    }

    private static async Task<StoreView> StoreAsync(NpgsqlDataSource catalogue, StoreFolder store, StorageOptions options, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("select copies, used, reserved, retired from store");
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new StoreView(
            options.Root!, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3),
            options.MaxBytes?.Bytes, store.Space().FreeBytes, options.MinFreeBytes.Bytes);
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
