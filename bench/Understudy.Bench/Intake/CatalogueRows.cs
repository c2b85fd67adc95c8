using System.Diagnostics;
using Npgsql;
using Understudy.Intake;

namespace Understudy.Bench.Intake;

/// <summary>PostgreSQL's limit for what the worker wants of it: its own statement (Intake/Intake.sql), one connection, one full array after the other.</summary>
internal sealed class CatalogueRows(Workers all) : IWay
{
    /// <summary>Events of one commit: the worker's own limit.</summary>
    public const int Batch = IntakeQueue.LargestBatch;

    public static readonly string Title = $"PostgreSQL, `unnest` of {Batch:N0}";

    public string Name => Title;

    public async Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel)
    {
        // Wishes for one asset are merged before the statement, as the worker does.
        var received = TimeProvider.System.GetUtcNow();
        var batches = set.Events.Chunk(Batch)
            .Select(events => IntakeQueue.Merge(events.Select(e => Wish.From(e, received))))
            .ToArray();
        var (cpu, catalogueCpu) = (Environment.CpuUsage.TotalTime, all.CatalogueCpuSeconds);
        var started = Stopwatch.GetTimestamp();
        await using var connection = await all.Catalogue.OpenConnectionAsync(cancel);
        foreach (var wishes in batches)
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { IntakeQueue.Write(wishes, TimeSpan.FromMinutes(1), record: true) } };
            await batch.ExecuteNonQueryAsync(cancel);
        }

        return new IntakeSample(
            Stopwatch.GetElapsedTime(started).TotalSeconds, null, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, all.CatalogueCpuSeconds - catalogueCpu, null);
    }
}
