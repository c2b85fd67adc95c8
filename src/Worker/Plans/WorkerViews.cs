using System.Text.Json;
using Dapper;
using Npgsql;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>The workers that are alive, and what each is doing.</summary>
internal sealed class WorkerViews(NpgsqlDataSource catalogue, WorkerRegistry registry, RunningAttempts running)
{
    public async Task<IReadOnlyList<WorkerView>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<(Guid Id, string Node, int ProcessId, DateTime StartedAt, string Running)>(
            new("select id, node, process_id, started_at, running::text from worker order by node", cancellationToken: cancel));
        return [.. rows.Select(r => new WorkerView(
            r.Id, r.Node, r.ProcessId, r.StartedAt, r.Id == registry.Id,
            r.Id == registry.Id ? running.View() : JsonSerializer.Deserialize<RunningView[]>(r.Running, Wire.LenientJson)!))];
    }
}
