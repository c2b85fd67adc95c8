using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Intake;

namespace Understudy.Bench.Intake;

/// <summary>PostgreSQL's limit for what the worker wants of it: its own statement (Intake/Intake.sql), one connection, one full array after the other.</summary>
internal sealed class CatalogueRows(Workers all) : IWay
{
    /// <summary>Events of one commit: the worker's own limit (Intake/IntakeQueue).</summary>
    public const int Batch = 1_000;

    public static readonly string Title = $"PostgreSQL, `unnest` of {Batch:N0}";

    public string Name => Title;

    public async Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel)
    {
        // Wishes for one asset are merged before the statement, as the worker does.
        var received = TimeProvider.System.GetUtcNow();
        var batches = set.Events.Chunk(Batch)
            .Select(events => events.Select(e => Wish.From(e, received)).GroupBy(w => w.Id).Select(g => g.Aggregate((one, next) => one.And(next))).ToArray())
            .ToArray();
        var (cpu, catalogueCpu) = (Environment.CpuUsage.TotalTime, all.CatalogueCpuSeconds);
        var started = Stopwatch.GetTimestamp();
        await using var connection = await all.Catalogue.OpenConnectionAsync(cancel);
        foreach (var wishes in batches)
        {
            await using var command = Command(connection, wishes);
            await command.ExecuteNonQueryAsync(cancel);
        }

        return new IntakeSample(
            Stopwatch.GetElapsedTime(started).TotalSeconds, null, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, all.CatalogueCpuSeconds - catalogueCpu, null);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, Wish[] wishes)
    {
        var command = new NpgsqlCommand(Sql.Named("Intake.Intake"), connection);
        Add("id", NpgsqlDbType.Text, w => w.Id.ToString());
        Add("customer", NpgsqlDbType.Integer, w => w.Id.Customer);
        Add("space", NpgsqlDbType.Integer, w => w.Id.Space);
        Add("source", NpgsqlDbType.Text, w => w.Change?.Source?.Uri);
        Add("source_at", NpgsqlDbType.TimestampTz, w => w.Change?.Source?.At);
        Add("at", NpgsqlDbType.TimestampTz, w => w.Change?.At);
        Add("goal", NpgsqlDbType.Text, w => w.Change is { } c ? JsonNamingPolicy.CamelCase.ConvertName(c.Goal.ToString()) : null);
        Add("announced", NpgsqlDbType.Boolean, w => w.Change?.IsAnnounced ?? false);
        Add("stage", NpgsqlDbType.Text, w => w.Change?.Stage);
        Add("lane", NpgsqlDbType.Smallint, w => (short)w.Lane);
        Add("hits", NpgsqlDbType.Integer, w => w.Hits);
        Add("force", NpgsqlDbType.Boolean, w => w.Force);
        command.Parameters.AddWithValue("dead_for", TimeSpan.FromMinutes(1));
        return command;

        void Add<T>(string name, NpgsqlDbType type, Converter<Wish, T> value) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = Array.ConvertAll(wishes, value) });
    }
}
